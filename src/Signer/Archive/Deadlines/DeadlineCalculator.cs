using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Tsp;
using EContract.Pki.X509;
using EContract.Signer.Archive.Augmentation;
using EContract.Validation.Collection;
using EContract.Validation.Policies;
using EContract.Validation.Sources;

namespace EContract.Signer.Archive.Deadlines;

/// <summary>
/// Finds the day by which a document must be renewed. Only what no later time-stamp covers counts: the outermost time-stamp, or the
/// signatures where there is none over them.
/// </summary>
public sealed class DeadlineCalculator(AlgorithmConstraints algorithms)
{
    private const int MaxChain = 10;

    /// <exception cref="ServiceException">SIGNATURE_NOT_FOUND: nothing protects the document.</exception>
    internal Protection Of(PdfSignatures document)
    {
        var outermost = document.All.LastOrDefault(s => s.Token is not null);
        var open = document.All.SkipWhile(s => outermost is not null && s != outermost).Where(s => s.Token is null).ToList();
        var found = open.SelectMany(s => s.SignedData.SignerInfos).Select(signer => Of(signer, document.Carried)).ToList();
        if (open.Count == 0 && outermost is not null)
        {
            found.Add(Of(outermost.Token!, document.Carried));
        }

        return Join(found);
    }

    /// <inheritdoc cref="Of(PdfSignatures)"/>
    internal Protection Of(SignedData signature, CollectedSource carried) => Join([.. signature.SignerInfos.Select(s => Of(s, carried))]);

    /// <summary>Of a time-stamp by itself.</summary>
    internal Protection Of(TimeStampToken token, CollectedSource carried)
    {
        var info = token.TstInfo;
        var unit = SignerLookup.Find(token.SignerInfo, carried);
        var deadlines = new List<TrustDeadline>();
        if (HashAlgorithms.FromOid(info.MessageImprint.HashAlgorithm.Oid) is not { } hash)
        {
            deadlines.Add(new TrustDeadline(info.GenTime, DeadlineReason.Algorithm, $"hash {info.MessageImprint.HashAlgorithm.Oid}"));
        }
        else
        {
            Add(deadlines, algorithms.SunsetOf(hash), info.GenTime, hash.Name!);
        }

        AddSigner(deadlines, token.SignerInfo, unit, info.GenTime, DeadlineReason.TimestampCertificate, carried);
        return Protected(deadlines, unit, info.GenTime);
    }

    private Protection Of(SignerInfo signer, CollectedSource carried)
    {
        var stamps = CmsMaterial.TimeStampsOf(signer);
        var archive = ArchiveStamps(signer).MaxBy(token => token.TstInfo.GenTime);
        if (archive is not null)
        {
            return Of(archive, carried);
        }

        var certificate = SignerLookup.Find(signer, carried);
        var from = stamps.Min(t => (DateTimeOffset?)t.TstInfo.GenTime) ?? DateTimeOffset.MinValue;
        var deadlines = new List<TrustDeadline>();
        AddSigner(deadlines, signer, certificate, from, DeadlineReason.SignerCertificate, carried);
        var own = Protected(deadlines, certificate, from);
        return stamps.Count == 0 ? own : Join([own, .. stamps.Select(stamp => Of(stamp, carried))]);
    }

    private static IEnumerable<TimeStampToken> ArchiveStamps(SignerInfo signer) =>
        CmsMaterial.TimeStampsOf(
            signer with
            {
                UnsignedAttributes = [.. signer.UnsignedAttributes.Where(a => a.Oid == Oids.ArchiveTimestampV3)],
            }
        );

    private void AddSigner(
        List<TrustDeadline> deadlines,
        SignerInfo signer,
        Certificate? certificate,
        DateTimeOffset from,
        DeadlineReason reason,
        CollectedSource carried
    )
    {
        if (HashAlgorithms.FromOid(signer.DigestAlgorithm.Oid) is { } hash)
        {
            Add(deadlines, algorithms.SunsetOf(hash), from, hash.Name!);
        }

        if (certificate is null)
        {
            deadlines.Add(new TrustDeadline(from, reason, "its certificate is not in the document"));
            return;
        }

        Add(deadlines, SunsetOf(certificate.Tbs.SubjectPublicKeyInfo), from, $"key of {certificate.Tbs.Subject}");
        foreach (var link in ChainOf(certificate, carried))
        {
            deadlines.Add(new TrustDeadline(link.Tbs.NotAfter, reason, link.Tbs.Subject.ToString()));
            // A root's signature on itself proves nothing and weakens nothing.
            if (
                !link.IsSelfIssued
                && carried.Pool.FindBySubject(link.Tbs.Issuer).FirstOrDefault(i => link.IsSignedBy(i.Tbs.SubjectPublicKeyInfo))
                    is { } issuer
            )
            {
                var sunset = algorithms.SunsetOf(link.Signed.SignatureAlgorithm, issuer.Tbs.SubjectPublicKeyInfo);
                Add(deadlines, sunset, from, $"signature on the certificate of {link.Tbs.Subject}");
            }
        }
    }

    /// <summary>Of the key alone: with the strongest hash, which the policy ends last.</summary>
    private DateTimeOffset? SunsetOf(SubjectPublicKeyInfo key) =>
        algorithms.SunsetOf(
            new AlgorithmIdentifier(key.Algorithm.Oid == Oids.EcPublicKey ? Oids.EcdsaWithSha512 : Oids.Sha512WithRsaEncryption),
            key
        );

    private static IEnumerable<Certificate> ChainOf(Certificate certificate, CollectedSource carried)
    {
        var seen = new HashSet<Certificate>();
        for (var link = certificate; link is not null && seen.Count < MaxChain && seen.Add(link); )
        {
            yield return link;
            var below = link;
            link = carried.Pool.FindBySubject(below.Tbs.Issuer).FirstOrDefault(i => below.IsSignedBy(i.Tbs.SubjectPublicKeyInfo));
        }
    }

    /// <param name="from">An algorithm that was weak already then ends the protection then, not in the year one.</param>
    private static void Add(List<TrustDeadline> deadlines, DateTimeOffset? sunset, DateTimeOffset from, string subject)
    {
        if (sunset is { } time)
        {
            deadlines.Add(new TrustDeadline(time > from ? time : from, DeadlineReason.Algorithm, subject));
        }
    }

    private static Protection Protected(List<TrustDeadline> deadlines, Certificate? protector, DateTimeOffset from) =>
        new(
            deadlines.Count > 0
                ? deadlines.Aggregate(TrustDeadline.Earlier)
                : new TrustDeadline(from, DeadlineReason.SignerCertificate, "nothing is known of it"),
            protector is null ? [] : [protector]
        );

    private static Protection Join(List<Protection> all) =>
        all.Count > 0
            ? new Protection(
                all.Select(p => p.Deadline).Aggregate(TrustDeadline.Earlier),
                [.. all.SelectMany(p => p.Protectors).Distinct()]
            )
            : throw new ServiceException(Fault.SignatureNotFound, "The document holds no signature and no time-stamp.");
}
