namespace EContract.Hsm.Tests.Contract;

/// <summary>An open token of some vendor, with a vault, shared by the tests of one class.</summary>
public interface ITokenFixture
{
    Token Token { get; }

    Hsm.Vault.Vault Vault { get; }

    /// <summary>Another master key's vault: what another token would be.</summary>
    Hsm.Vault.Vault OtherVault { get; }

    /// <summary>The same token opened once more, on another clock.</summary>
    Task<Token> OpenAnotherAsync(TimeProvider time);

    /// <summary>Closes the token and opens it again.</summary>
    Task ReopenAsync();
}
