using EContract.Ca.Authorities;
using EContract.Ca.Issuance;
using EContract.Ca.Revocation;
using EContract.Hosting.Errors;
using EContract.Pki;
using EContract.Pki.Crl;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = EContract.Proto.Ca.V1;

namespace EContract.Ca.Grpc;

/// <summary>Between the CA's own types and the messages of econtract.ca.v1.</summary>
internal static class CertificateMessages
{
    public static Wire.Certificate ToMessage(IssuedCertificate issued, DateTimeOffset now)
    {
        var row = issued.Row;
        var message = new Wire.Certificate
        {
            SerialNumber = SerialNumber.FromContent(row.Serial).ToString(),
            Authority = row.Authority,
            CertificateProfile = row.Profile,
            SubscriberId = row.SubscriberId ?? "",
            ApplicationId = row.ApplicationId ?? "",
            Certificate_ = ByteString.CopyFrom(row.Certificate),
            Status = ToMessage(row.Status, row.NotAfter < now),
            NotBefore = row.NotBefore.ToTimestamp(),
            NotAfter = row.NotAfter.ToTimestamp(),
            RevokeTime = row.RevokedAt?.ToTimestamp(),
            RevocationReason = row.Reason is { } reason ? CertificateRevoker.NameOf((CrlReason)reason) : "",
            InvalidityDate = row.InvalidityDate?.ToTimestamp(),
            Subject = row.Subject,
        };
        message.Chain.AddRange(ToChain(issued.Authority));
        return message;
    }

    public static IEnumerable<ByteString> ToChain(Authority authority) => authority.Chain.Select(c => ByteString.CopyFrom(c.Encoded.Span));

    public static Wire.CertificateStatus ToMessage(Store.CertificateStatus status, bool expired) =>
        status switch
        {
            Store.CertificateStatus.Revoked => Wire.CertificateStatus.Revoked,
            Store.CertificateStatus.OnHold => Wire.CertificateStatus.OnHold,
            _ => expired ? Wire.CertificateStatus.Expired : Wire.CertificateStatus.Good,
        };

    public static CertificateFilter ToFilter(Wire.CertificateStatus status) =>
        status switch
        {
            Wire.CertificateStatus.Unspecified => CertificateFilter.All,
            Wire.CertificateStatus.Good => CertificateFilter.Good,
            Wire.CertificateStatus.OnHold => CertificateFilter.OnHold,
            Wire.CertificateStatus.Revoked => CertificateFilter.Revoked,
            Wire.CertificateStatus.Expired => CertificateFilter.Expired,
            _ => throw ServiceException.Invalid("status", "is unknown"),
        };

    public static SerialNumber ToSerial(string text) =>
        SerialNumber.TryParse(text, out var serial)
            ? serial
            : throw ServiceException.Invalid("serial_number", "is not a hexadecimal number");
}
