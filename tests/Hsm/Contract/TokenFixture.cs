using EContract.Hsm.Vault;
using EContract.TestKit;
using Xunit;

namespace EContract.Hsm.Tests.Contract;

public abstract class TokenFixture : ITokenFixture, IAsyncLifetime
{
    public Token Token { get; private set; } = null!;

    public Hsm.Vault.Vault Vault { get; private set; } = null!;

    public Hsm.Vault.Vault OtherVault { get; private set; } = null!;

    protected abstract TokenOptions Options { get; }

    public async ValueTask InitializeAsync()
    {
        Token = await Token.OpenAsync(Options, TimeProvider.System, TestRunLog.Logger<Token>(), CancellationToken.None);
        await Token.GenerateMasterAsync("master", CancellationToken.None);
        await Token.GenerateMasterAsync("other master", CancellationToken.None);
        await OpenVaultsAsync();
    }

    public async Task ReopenAsync()
    {
        await Token.DisposeAsync();
        Token = await Token.OpenAsync(Options, TimeProvider.System, TestRunLog.Logger<Token>(), CancellationToken.None);
        await OpenVaultsAsync();
    }

    public Task<Token> OpenAnotherAsync(TimeProvider time) => Token.OpenAsync(Options, time, null, CancellationToken.None);

    public virtual async ValueTask DisposeAsync()
    {
        await Token.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task OpenVaultsAsync()
    {
        var options = new VaultOptions { Rounds = 100 };
        Vault = (await Token.OpenVaultAsync("master", options, CancellationToken.None))!;
        OtherVault = (await Token.OpenVaultAsync("other master", options, CancellationToken.None))!;
    }
}

public sealed class SoftHsmFixture : TokenFixture
{
    private readonly SoftHsmToken _soft = SoftHsmToken.Create();

    protected override TokenOptions Options => _soft.TokenOptions;
}

public sealed class NssFixture : TokenFixture
{
    private readonly NssToken _nss = NssToken.Create();

    protected override TokenOptions Options
    {
        get
        {
            // By itself it copies on SoftHSM only; what it then relies on must hold with other vendors too.
            var options = _nss.TokenOptions;
            options.SessionCopies = SessionCopies.Always;
            return options;
        }
    }
}

public sealed class FaultShimFixture : TokenFixture
{
    private readonly FaultShimToken _shim = FaultShimToken.Create();

    protected override TokenOptions Options => _shim.TokenOptions;
}
