using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;

namespace EContract.Grpc.Server.Http;

/// <summary>A client certificate as gRPC's authentication context, with the property names of gRPC core.</summary>
internal static class PeerCertificate
{
    private const string CommonName = "x509_common_name";
    private const string SubjectAlternativeName = "x509_subject_alternative_name";
    private const string Pem = "x509_pem_cert";

    private static readonly AuthContext Unauthenticated = new(null, []);

    public static AuthContext ToAuthContext(X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return Unauthenticated;
        }

        var properties = new Dictionary<string, List<AuthProperty>>(StringComparer.Ordinal);
        string? identity = null;
        foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            foreach (var name in extension.EnumerateDnsNames())
            {
                Add(SubjectAlternativeName, name);
                identity = SubjectAlternativeName;
            }
        }

        var commonName = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        if (commonName.Length > 0)
        {
            Add(CommonName, commonName);
            identity ??= CommonName;
        }

        Add(Pem, certificate.ExportCertificatePem());
        return new AuthContext(identity, properties);

        void Add(string name, string value)
        {
            if (!properties.TryGetValue(name, out var values))
            {
                properties.Add(name, values = []);
            }

            values.Add(AuthProperty.Create(name, Encoding.UTF8.GetBytes(value)));
        }
    }
}
