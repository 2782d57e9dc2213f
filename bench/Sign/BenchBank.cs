using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Signer;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;

namespace EContract.Bench.Sign;

/// <summary>A Signer on PostgreSQL and SoftHSM with the test rig's authorities.</summary>
internal sealed class BenchBank : IAsyncDisposable
{
    private readonly SoftHsmToken _softHsm = SoftHsmToken.Create();
    private Token _token = null!;
    private Bank _bank = null!;
    private SignerNode _node = null!;

    public static async Task<BenchBank> OpenAsync()
    {
        var made = new BenchBank();
        made._token = await made._softHsm.OpenAsync(options => options.SignatureCheck = SignatureCheck.Never);
        var labels = new TokenKeyLabels();
        await made._token.GenerateMasterAsync(labels.Master, CancellationToken.None);
        await made._token.GenerateHmacKeyAsync(labels.OtpPepper, CancellationToken.None);
        await made._token.GenerateSigningKeyAsync(labels.Enrollment, KeyAlgorithm.EcdsaP256, CancellationToken.None);
        made._bank = await Bank.OpenAsync(made._token);
        made._node = await made._bank.StartNodeAsync();
        return made;
    }

    public async Task<BenchSeal> OpenSealAsync(KeyAlgorithm algorithm)
    {
        var credential = await _node.EnrollAsync("株式会社見本", seal: true, algorithm: algorithm);
        var session = await _node.OpenSealAsync(credential, signatures: 1_000_000);
        return new BenchSeal(_node, session, await _token.GenerateSigningKeyAsync($"bare-{algorithm}", algorithm, CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await _bank.DisposeAsync();
        await _token.DisposeAsync();
        _softHsm.Dispose();
    }
}
