using System.Formats.Asn1;
using System.Globalization;
using EContract.Pki;
using EContract.Pki.X509;

namespace EContract.Validation.Policies;

/// <summary>What the algorithm policy calls a key: its algorithm and size, or its curve.</summary>
public static class KeyStrengths
{
    /// <summary>"RSA-3072", "DSA-2048", "P-256", "brainpoolP256r1"; else the algorithm's or curve's OID.</summary>
    public static string NameOf(SubjectPublicKeyInfo key) =>
        key.Algorithm.Oid switch
        {
            Oids.RsaEncryption or Oids.RsassaPss => Sized("RSA", ModulusBits(key)),
            Oids.Dsa => Sized("DSA", DsaBits(key)),
            Oids.EcPublicKey => key.NamedCurve switch
            {
                Oids.Secp256r1 => "P-256",
                Oids.Secp384r1 => "P-384",
                Oids.Secp521r1 => "P-521",
                Oids.BrainpoolP256r1 => "brainpoolP256r1",
                Oids.BrainpoolP384r1 => "brainpoolP384r1",
                Oids.BrainpoolP512r1 => "brainpoolP512r1",
                { } other => other,
                null => key.Algorithm.Oid,
            },
            var other => other,
        };

    /// <summary>"RSA-2048" as ("RSA", 2048); a size of 0 for names that have none.</summary>
    internal static (string Family, int Size) Split(string name)
    {
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        return
            dash > 1 // "P-256" names a curve: sizes do not order curves
            && int.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? (name[..dash], size)
            : (name, 0);
    }

    private static string Sized(string family, int bits) =>
        bits > 0 ? string.Create(CultureInfo.InvariantCulture, $"{family}-{bits}") : family;

    // The key of an RSASSA-PSS SubjectPublicKeyInfo is an RSAPublicKey, too (RFC 4055 §1.2).
    private static int ModulusBits(SubjectPublicKeyInfo key) => FirstInteger(key.PublicKey);

    // RFC 3279 §2.3.2: Dss-Parms ::= SEQUENCE { p INTEGER, q INTEGER, g INTEGER }
    private static int DsaBits(SubjectPublicKeyInfo key) => key.Algorithm.Parameters is { } parameters ? FirstInteger(parameters) : 0;

    private static int FirstInteger(ReadOnlyMemory<byte> sequence)
    {
        try
        {
            var first = new AsnReader(sequence, AsnEncodingRules.DER).ReadSequence().ReadInteger();
            return first.Sign > 0 ? (int)first.GetBitLength() : 0;
        }
        catch (AsnContentException)
        {
            return 0;
        }
    }
}
