using EContract.Pki;
using EContract.Pki.X509;
using EContract.Validation.Conclusions;
using EContract.Validation.Policies;

namespace EContract.Validation.BuildingBlocks;

/// <summary>The signature acceptance validation (ETSI EN 319 102-1 §5.2.8): are the algorithms of the signature itself reliable at a time?</summary>
internal static class SignatureAcceptance
{
    private const string Clause = "ETSI EN 319 102-1 §5.2.8";

    public static Conclusion Validate(
        SignatureObject signature,
        Certificate signer,
        AlgorithmConstraints algorithms,
        DateTimeOffset time
    ) =>
        FindWeakness(signature, signer, algorithms, time) is { } weakness
            ? Conclusion.Indeterminate(SubIndication.CryptoConstraintsFailureNoPoe, FindingCode.AlgorithmNotReliable, Clause, weakness)
            : Conclusion.Passed;

    private static string? FindWeakness(
        SignatureObject signature,
        Certificate signer,
        AlgorithmConstraints algorithms,
        DateTimeOffset time
    ) =>
        algorithms.FindWeakness(signature.SignatureAlgorithm, signer.Tbs.SubjectPublicKeyInfo, time)
        ?? (
            HashAlgorithms.FromOid(signature.Signer.DigestAlgorithm.Oid) is { } digest
                ? algorithms.FindWeakness(digest, time)
                : $"digest algorithm {signature.Signer.DigestAlgorithm.Oid} is not known"
        );
}
