using System.Security.Cryptography;
using EContract.Hsm.Keys;
using EContract.TestKit;
using Xunit;

namespace EContract.Hsm.Tests;

/// <summary>The calls of PKCS#11 3.0 that matter are made when the module offers them, and never otherwise.</summary>
public sealed class Version3Tests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_with_a_name_logs_in_by_C_LoginUser_and_again_when_the_login_is_lost()
    {
        using var shim = FaultShimToken.CreateVersion3();
        await using var token = await shim.OpenAsync(options => options.UserName = "運用者", Stop);
        Assert.Equal("運用者", shim.LastUserName);
        Assert.Equal((1, 0), (shim.Calls("C_LoginUser"), shim.Calls("C_Login")));
        var key = await token.GenerateSigningKeyAsync("k", KeyAlgorithm.EcdsaP256, Stop);
        shim.Inject("login lost");
        Sign(key);
        Assert.Equal((2, 0), (shim.Calls("C_LoginUser"), shim.Calls("C_Login")));
    }

    [Fact]
    public async Task Without_a_user_name_it_is_C_Login_on_a_module_of_any_version()
    {
        using var shim = FaultShimToken.CreateVersion3();
        await using var token = await shim.OpenAsync(cancellationToken: Stop);
        Assert.True(token.Core.Module.Cryptoki.IsVersion3);
        Assert.Equal((0, 1), (shim.Calls("C_LoginUser"), shim.Calls("C_Login")));
    }

    [Fact]
    public async Task A_user_name_on_an_older_module_is_refused_and_no_PIN_is_presented()
    {
        using var shim = FaultShimToken.Create();
        var fault = await Assert.ThrowsAsync<HsmException>(() => shim.OpenAsync(options => options.UserName = "operator", Stop));
        Assert.Equal((HsmFault.Refused, "C_LoginUser"), (fault.Fault, fault.Function));
        Assert.Contains("older than PKCS#11 3.0", fault.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (shim.Calls("C_LoginUser"), shim.Calls("C_Login")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_left_in_the_middle_of_a_signature_is_cancelled_or_else_replaced(bool isVersion3)
    {
        using var shim = isVersion3 ? FaultShimToken.CreateVersion3() : FaultShimToken.Create();
        await using var token = await shim.OpenAsync(options => options.SessionCopies = SessionCopies.Never, Stop);
        var key = await token.GenerateSigningKeyAsync("k", KeyAlgorithm.EcdsaP256, Stop);
        Sign(key);
        var sessions = shim.Calls("C_OpenSession");
        // After CKR_BUFFER_TOO_SMALL, and only then, the signature is still under way.
        shim.Inject("C_Sign return 0x150 once");
        Assert.Equal(HsmFault.Refused, Assert.Throws<HsmException>(() => Sign(key)).Fault);
        shim.Inject();
        var begun = shim.Calls("C_SignInit");
        Sign(key);
        Assert.Equal(1, shim.Calls("C_SignInit") - begun);
        Assert.Equal(isVersion3 ? (1, 0) : (0, 1), (shim.Calls("C_SessionCancel"), shim.Calls("C_OpenSession") - sessions));
        Assert.Equal(TokenState.Ready, token.Health.State);
    }

    [Fact]
    public async Task A_session_that_cannot_be_cancelled_is_replaced()
    {
        using var shim = FaultShimToken.CreateVersion3();
        await using var token = await shim.OpenAsync(options => options.SessionCopies = SessionCopies.Never, Stop);
        var key = await token.GenerateSigningKeyAsync("k", KeyAlgorithm.EcdsaP256, Stop);
        Sign(key);
        var sessions = shim.Calls("C_OpenSession");
        shim.Inject("C_Sign return 0x150 once", "C_SessionCancel return 0x202");
        Assert.Throws<HsmException>(() => Sign(key));
        Sign(key);
        Assert.Equal((1, 1), (shim.Calls("C_SessionCancel"), shim.Calls("C_OpenSession") - sessions));
    }

    private static void Sign(ISigningKey key) =>
        key.SignDigest(new byte[32], HashAlgorithmName.SHA256, SignatureScheme.Ecdsa, new byte[key.MaxSignatureSize], Stop);
}
