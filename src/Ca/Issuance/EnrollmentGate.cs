using EContract.Ca.Authorities;
using EContract.Hosting.Errors;
using EContract.Pki.Pkcs10;
using EContract.Pki.X509;
using Microsoft.Extensions.Options;
using ApplicationId = EContract.Ca.Registration.ApplicationId;

namespace EContract.Ca.Issuance;

/// <summary>
/// Lets only keys pass that a Signer made in its token for this very application. A caller's certificate is a file on a server; this
/// proof needs the token's login, so that a stolen certificate alone certifies nothing (docs/threat-model.md).
/// </summary>
public sealed class EnrollmentGate
{
    private readonly IKeyStore _keys;
    private readonly string _label;
    private readonly IReadOnlyList<SubjectPublicKeyInfo> _configured;
    private volatile SubjectPublicKeyInfo? _onToken; // found once; the token's key of that label doesn't change

    /// <exception cref="FormatException">A configured file holds no public key.</exception>
    public EnrollmentGate(IKeyStore keys, IOptions<IssuanceOptions> options)
    {
        _keys = keys;
        _label = options.Value.EnrollmentKey;
        _configured = [.. options.Value.EnrollmentPublicKeys.Select(Read)];
    }

    /// <exception cref="ServiceException"><see cref="Fault.EnrollmentNotProven"/>; <see cref="Fault.TokenKeyMissing"/> if there is no key to judge by.</exception>
    public async Task RequireAsync(
        ApplicationId application,
        SubjectPublicKeyInfo key,
        ReadOnlyMemory<byte> proof,
        CancellationToken cancellationToken
    )
    {
        if (_configured.Count > 0)
        {
            Require(_configured.Any(enroller => Vouches(enroller, application, key, proof)));
            return;
        }

        _onToken ??= await FindOnTokenAsync(cancellationToken);
        Require(Vouches(_onToken, application, key, proof));
    }

    private async Task<SubjectPublicKeyInfo> FindOnTokenAsync(CancellationToken cancellationToken)
    {
        var found =
            await _keys.FindAsync(_label, cancellationToken)
            ?? throw new ServiceException(Fault.TokenKeyMissing, $"the token has no key {_label}", ("label", _label));
        return SubjectPublicKeyInfo.Decode(found.SubjectPublicKeyInfo);
    }

    private static bool Vouches(
        SubjectPublicKeyInfo enroller,
        ApplicationId application,
        SubjectPublicKeyInfo key,
        ReadOnlyMemory<byte> proof
    ) => EnrollmentProof.Verify(enroller, SigningKeys.SignatureAlgorithmOf(enroller), application.Value, key, proof.Span);

    private static void Require(bool vouched)
    {
        if (!vouched)
        {
            throw new ServiceException(Fault.EnrollmentNotProven, "no Signer's token vouches for this key and application");
        }
    }

    private static SubjectPublicKeyInfo Read(string file)
    {
        var pem = File.ReadAllText(file);
        if (!System.Security.Cryptography.PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != "PUBLIC KEY")
        {
            throw new FormatException($"{file} holds no PEM public key");
        }

        return SubjectPublicKeyInfo.Decode(Convert.FromBase64String(pem[fields.Base64Data]));
    }
}
