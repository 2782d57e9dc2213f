using EContract.Pki;
using EContract.Pki.Asn1;
using EContract.Pki.Cms;
using EContract.Pki.Cms.Archive;
using EContract.Pki.Tsp;
using EContract.Pki.X509;
using EContract.Validation.BuildingBlocks;
using EContract.Validation.Collection;
using EContract.Validation.Conclusions;
using EContract.Validation.Processes;
using EContract.Validation.Reports;

namespace EContract.Validation.Documents;

/// <summary>Judges a signature with the time-stamps in its CMS, and writes down the verdicts.</summary>
internal sealed class SignatureJudge(ValidationContext context)
{
    /// <summary>Judges the time-stamps in a signature's CMS; those that hold prove that what they cover existed.</summary>
    public IReadOnlyList<SignatureReport> JudgeTimeStamps(string id, SignatureObject signature) =>
        // The newest first: each proves that those below it existed (ETSI EN 319 102-1 §5.6.3.4).
        [.. JudgeArchiveTimeStamps(id, signature), .. JudgeSignatureTimeStamps(id, signature), .. JudgeContentTimeStamps(id, signature)];

    /// <param name="stamps">The signature's own time-stamps, as judged.</param>
    /// <param name="notBefore">A time after which the signature is proven to have been made; null if none is known.</param>
    /// <param name="claimed">The signing time claimed outside the CMS; null: look for the signing-time attribute.</param>
    public SignatureReport Judge(
        string id,
        SignatureObject signature,
        IReadOnlyList<SignatureReport> stamps,
        DateTimeOffset? notBefore,
        DateTimeOffset? claimed
    )
    {
        var content = stamps
            .Where(s => s is { Role: SignatureRole.ContentTimeStamp, Conclusion.IsPassed: true })
            .Select(s => s.ClaimedTime);
        claimed ??= SigningTime(signature);
        var judged = SignatureWithTime.Validate(context, signature, content.Append(notBefore).Max(), claimed);
        var conclusion =
            judged.Conclusion.IsPassed && FindDisorder(stamps) is { } disorder
                ? disorder
                : judged.Conclusion.With(
                    stamps
                        .Where(s => !s.Conclusion.IsPassed)
                        .Select(s => new Finding(FindingCode.TimeStampInvalid, "ETSI EN 319 102-1 §5.5.4", $"{s.Id}: {s.Conclusion}"))
                );
        return Report(id, SignatureRole.Signature, signature, judged with { Conclusion = conclusion }) with
        {
            ClaimedTime = claimed,
            DigestAlgorithm = HashAlgorithms.FromOid(signature.Signer.DigestAlgorithm.Oid)?.Name ?? signature.Signer.DigestAlgorithm.Oid,
            TimeStamps = [.. stamps.OrderBy(s => s.ClaimedTime)],
        };
    }

    public SignatureReport Judge(TimeStampObject stamp, SignatureRole role)
    {
        var judged = TimeStampValidation.Validate(context, stamp);
        var info = stamp.Token.TstInfo;
        return new SignatureReport
        {
            Id = stamp.Id,
            Role = role,
            Conclusion = judged.Conclusion,
            SigningCertificate = judged.Certificate,
            Chain = judged.Path?.Path.Path ?? [],
            TrustAnchor = judged.Path?.Path.Anchor?.Certificate,
            Revocation = judged.Path?.Path.Revocation ?? [],
            ControlTime = judged.Path?.ControlTime,
            ClaimedTime = info.GenTime,
            Proof = context.Proofs.EarliestOf(stamp.Token.SignerInfo.Signature),
            SignatureAlgorithm = stamp.Token.SignerInfo.SignatureAlgorithm.Oid,
            DigestAlgorithm = HashAlgorithms.FromOid(info.MessageImprint.HashAlgorithm.Oid)?.Name ?? info.MessageImprint.HashAlgorithm.Oid,
            Token = stamp.Token.Encoded,
        };
    }

    private IEnumerable<SignatureReport> JudgeArchiveTimeStamps(string id, SignatureObject signature)
    {
        var found = ArchiveTimestampV3
            .Find(signature.Signer)
            .Select((value, index) => (Value: value, Id: $"{id}/archive-time-stamp-{index + 1}", Token: Signers.TryRead(value)))
            .OrderByDescending(stamp => stamp.Token?.TstInfo.GenTime);
        foreach (var (value, name, token) in found)
        {
            if (token is null)
            {
                yield return Unreadable(name, SignatureRole.ArchiveTimeStamp, value);
                continue;
            }

            var digest = ArchiveTimestampV3.HashOf(value) is { } hash ? signature.Content?.Compute(hash) : null;
            var check = ArchiveTimestampV3.Check(signature.SignedData, signature.Signer, value, digest);
            // What its index names, down to the values that proofs are about.
            var covered = CmsMaterial.Of(check.Certificates, check.Crls, check.UnsignedAttributes);
            yield return Judge(
                new TimeStampObject(name, token, ImprintCheck.Of(check), [.. covered.Objects, signature.Value]),
                SignatureRole.ArchiveTimeStamp
            );
        }
    }

    private IEnumerable<SignatureReport> JudgeSignatureTimeStamps(string id, SignatureObject signature)
    {
        // ETSI EN 319 122-1 §5.3: over the octets of the signature field. Whoever hashes the signature hashes the reference to the
        // signer's certificate with it, so that the certificate existed, too.
        List<ReadOnlyMemory<byte>> covered = [signature.Value];
        if (SigningCertificateIdentification.Identify(signature, context.Collected) is { Certificate: { } signer, Conclusion.Findings: [] })
        {
            covered.Add(signer.Encoded);
        }

        var values = signature.Signer.UnsignedAttributes.Where(a => a.Oid == Oids.SignatureTimeStampToken).SelectMany(a => a.Values);
        foreach (var (index, value) in values.Index())
        {
            var name = $"{id}/time-stamp-{index + 1}";
            yield return Signers.TryRead(value) is { } token
                ? Judge(
                    new TimeStampObject(name, token, ImprintCheck.Of(token, ContentDigests.Of(signature.Value)), covered),
                    SignatureRole.SignatureTimeStamp
                )
                : Unreadable(name, SignatureRole.SignatureTimeStamp, value);
        }
    }

    private IEnumerable<SignatureReport> JudgeContentTimeStamps(string id, SignatureObject signature)
    {
        var values = signature.SignedAttributes.Where(a => a.Oid == Oids.ContentTimeStamp).SelectMany(a => a.Values);
        foreach (var (index, value) in values.Index())
        {
            var name = $"{id}/content-time-stamp-{index + 1}";
            yield return Signers.TryRead(value) is { } token
                ? Judge(new TimeStampObject(name, token, ImprintCheck.Of(token, signature.Content), []), SignatureRole.ContentTimeStamp)
                : Unreadable(name, SignatureRole.ContentTimeStamp, value);
        }
    }

    /// <summary>ETSI EN 319 102-1 §5.5.4 step 4 e): what was made earlier must not be stamped later.</summary>
    private static Conclusion? FindDisorder(IReadOnlyList<SignatureReport> stamps)
    {
        DateTimeOffset? Bound(SignatureRole role, bool latest)
        {
            var times = stamps.Where(s => s.Role == role && s.Conclusion.IsPassed).Select(s => s.ClaimedTime);
            return latest ? times.Max() : times.Min();
        }

        return
            Bound(SignatureRole.ContentTimeStamp, latest: true) > Bound(SignatureRole.SignatureTimeStamp, latest: false)
            || Bound(SignatureRole.SignatureTimeStamp, latest: false) > Bound(SignatureRole.ArchiveTimeStamp, latest: false)
            ? Conclusion.Indeterminate(
                SubIndication.TimestampOrderFailure,
                FindingCode.TimeStampOrder,
                "ETSI EN 319 102-1 §5.5.4",
                "the times of the time-stamps contradict the order in which they must have been made"
            )
            : null;
    }

    private SignatureReport Report(string id, SignatureRole role, SignatureObject signature, BasicConclusion judged) =>
        new()
        {
            Id = id,
            Role = role,
            Conclusion = judged.Conclusion,
            SigningCertificate = judged.Certificate,
            Chain = judged.Path?.Path.Path ?? [],
            TrustAnchor = judged.Path?.Path.Anchor?.Certificate,
            Revocation = judged.Path?.Path.Revocation ?? [],
            ControlTime = judged.Path?.ControlTime,
            Proof = context.Proofs.EarliestOf(signature.Value),
            SignatureAlgorithm = signature.SignatureAlgorithm.Oid,
        };

    private SignatureReport Unreadable(string id, SignatureRole role, ReadOnlyMemory<byte> token) =>
        new()
        {
            Id = id,
            Role = role,
            Conclusion = Conclusion.Failed(
                SubIndication.FormatFailure,
                FindingCode.Malformed,
                "RFC 3161 §2.4.2",
                "the attribute's value is no time-stamp token"
            ),
            Proof = context.Proofs.Now,
            Token = token,
        };

    private static DateTimeOffset? SigningTime(SignatureObject signature)
    {
        try
        {
            return signature.FindSigned(Oids.SigningTime) is { } value
                ? Der.Decode(value, "RFC 5652 §11.3", CertificateTime.Decode, System.Formats.Asn1.AsnEncodingRules.BER)
                : null;
        }
        catch (MalformedException)
        {
            return null; // claimed only
        }
    }
}
