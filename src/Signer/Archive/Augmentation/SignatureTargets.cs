using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Cms;
using EContract.Pki.Cms.Archive;
using EContract.Pki.Tsp;
using EContract.Pki.X509;
using EContract.Validation.Collection;
using EContract.Validation.Sources;

namespace EContract.Signer.Archive.Augmentation;

/// <summary>Whose certificates a signature stands on: its signers' and its time-stamp units'.</summary>
internal static class SignatureTargets
{
    /// <param name="signer">One of the signers of a CMS.</param>
    /// <param name="provenAt">The earliest time-stamp over the signature from outside it; null: none.</param>
    public static IEnumerable<CollectionTarget> Of(SignerInfo signer, DateTimeOffset? provenAt, DateTimeOffset now, CollectedSource source)
    {
        var stamps = CmsMaterial.TimeStampsOf(signer);
        var archives = ArchiveTimestampV3
            .Find(signer)
            .Select(value => Decode(() => TimeStampToken.Decode(value).TstInfo.GenTime))
            .Order()
            .ToList();
        var signedAt = stamps.Select(t => (DateTimeOffset?)t.TstInfo.GenTime).Append(provenAt).Min() ?? now;
        yield return new CollectionTarget(Require(signer, source), signedAt, IsSigner: true);
        foreach (var stamp in stamps)
        {
            var next = archives.Find(archive => archive > stamp.TstInfo.GenTime);
            yield return Of(stamp, next == default ? provenAt ?? now : next, source);
        }
    }

    /// <param name="neededAt">When the next time-stamp proves this one; now where there is none yet.</param>
    public static CollectionTarget Of(TimeStampToken token, DateTimeOffset neededAt, CollectedSource source) =>
        new(Require(token.SignerInfo, source), neededAt, IsSigner: false);

    private static Certificate Require(SignerInfo signer, CollectedSource source) =>
        SignerLookup.Find(signer, source)
        ?? throw new ServiceException(
            Fault.ValidationDataMissing,
            "The certificate of a signer or time-stamp unit is not in the document."
        );

    /// <exception cref="ServiceException">SIGNATURE_MALFORMED.</exception>
    public static T Decode<T>(Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (MalformedException e)
        {
            throw new ServiceException(Fault.SignatureMalformed, e.Message, cause: e);
        }
    }
}
