using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Hosting.Errors;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Signer.Activation;
using EContract.Signer.Signing;
using EContract.Signer.Store;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace EContract.Signer.Tests.Signing;

/// <summary>A token that signs wrongly (a flipped bit can give the key away): nothing of it leaves the Signer, whoever verifies.</summary>
public sealed class FaultySignatureTests : IAsyncLifetime
{
    private readonly FaultShimToken _shim = FaultShimToken.Create();
    private Token _token = null!;
    private Bank _bank = null!;

    public async ValueTask InitializeAsync()
    {
        _token = await _shim.OpenAsync();
        var labels = new TokenKeyLabels();
        await _token.GenerateMasterAsync(labels.Master, CancellationToken.None);
        await _token.GenerateHmacKeyAsync(labels.OtpPepper, CancellationToken.None);
        await _token.GenerateSealingKeyAsync(labels.TotpSeal, CancellationToken.None);
        await _token.GenerateSigningKeyAsync(labels.Enrollment, KeyAlgorithm.EcdsaP256, CancellationToken.None);
        _bank = await Bank.OpenAsync(_token);
    }

    public async ValueTask DisposeAsync()
    {
        await _bank.DisposeAsync();
        await _token.DisposeAsync();
        _shim.Dispose();
    }

    [Theory]
    [InlineData(SignatureCheck.Always)]
    [InlineData(SignatureCheck.Never)]
    public async Task Is_never_stored_nor_released_and_burns_the_activation(SignatureCheck check)
    {
        var node = await StartAsync(check, "C_Sign corrupt");
        var credential = await node.EnrollAsync();
        var activation = await node.BeginAsync(credential, Order.Raw("a"), Order.Raw("b"));
        var otp = _bank.Mail.Code;
        var refusal = await Record.ExceptionAsync(() => node.CompleteAsync(activation, otp));
        if (check == SignatureCheck.Always)
        {
            Assert.Equal(HsmFault.FaultySignature, Assert.IsType<HsmException>(refusal).Fault);
        }
        else
        {
            Assert.Equal(Fault.SignatureNotVerified, Assert.IsType<ServiceException>(refusal).Fault);
        }

        _shim.Inject();
        await using (var db = await node.OpenDatabaseAsync())
        {
            var row = await db.Activations.AsNoTracking().SingleAsync(a => a.Id == activation.Id, CancellationToken.None);
            Assert.Equal((ActivationState.Burned, BurnCause.Ambiguous), (row.State, row.BurnCause));
            Assert.All(row.Items, item => Assert.True(item.Signature is null && item.Result is null));
        }

        await Refusal.IsAsync(Fault.ActivationAmbiguous, () => node.CompleteAsync(activation, otp));
    }

    [Fact]
    public async Task That_happens_once_is_made_again_by_the_vault()
    {
        var node = await StartAsync(SignatureCheck.Always, "C_Sign corrupt once");
        var credential = await node.EnrollAsync();
        var done = await node.CompleteAsync(await node.BeginAsync(credential, Order.Raw("a")));
        using var certificate = X509CertificateLoader.LoadCertificate(credential.Certificate!);
        using var key = certificate.GetECDsaPublicKey()!;
        Assert.True(key.VerifyData("a"u8, done.Items[0].Result!, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    // Once both factors were right: the one-time password is compared by a MAC of the token, which is another C_Sign.
    private Task<SignerNode> StartAsync(SignatureCheck check, string rule) =>
        _bank.StartNodeAsync(new FaultFrom(CyclePoint.Reserved, () => _shim.Inject(rule)), options => options.Vault.SignatureCheck = check);

    private sealed class FaultFrom(CyclePoint begins, Action inject) : CyclePoints
    {
        public override ValueTask ReachedAsync(CyclePoint point)
        {
            if (point == begins)
            {
                inject();
            }

            return default;
        }
    }
}
