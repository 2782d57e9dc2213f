using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.TestKit;
using Xunit;

namespace EContract.Signer.Tests.Rig;

/// <summary>One token with the Signer's keys for all tests of a collection: making it takes longer than most of them.</summary>
public sealed class TokenFixture : IAsyncLifetime
{
    private readonly SoftHsmToken _softHsm = SoftHsmToken.Create();

    public Token Token { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Token = await _softHsm.OpenAsync();
        var labels = new TokenKeyLabels();
        await Token.GenerateMasterAsync(labels.Master, CancellationToken.None);
        await Token.GenerateHmacKeyAsync(labels.OtpPepper, CancellationToken.None);
        await Token.GenerateSealingKeyAsync(labels.TotpSeal, CancellationToken.None);
        await Token.GenerateSigningKeyAsync(labels.Enrollment, KeyAlgorithm.EcdsaP256, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Token.DisposeAsync();
        _softHsm.Dispose();
    }
}
