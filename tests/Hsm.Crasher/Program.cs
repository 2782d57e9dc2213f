// Makes keys on a token until it is killed, and says which it has made. A line is written only after the call returned:
// what has been read from here must be on the token, or in the blob directory, whatever happens next.
// Arguments: module, softhsm2.conf, token label, PIN file or - to be asked for it, prefix, blob directory.
using System.Globalization;
using System.Security.Cryptography;
using EContract.Hsm;
using EContract.Hsm.Keys;
using EContract.Hsm.Vault;

var (module, configuration, label, pinFile, prefix, blobs) = (args[0], args[1], args[2], args[3], args[4], args[5]);
var options = new TokenOptions
{
    ModulePath = module,
    TokenLabel = label,
    PinFile = pinFile == "-" ? null : pinFile,
    PinPrompt = pinFile == "-",
    ModuleEnvironment = new() { ["SOFTHSM2_CONF"] = configuration },
};
var stop = CancellationToken.None;
Token opened;
try
{
    opened = await Token.OpenAsync(options, TimeProvider.System, null, stop);
}
catch (HsmException refusal)
{
    Console.Error.WriteLine(refusal.Message);
    return 1;
}

await using var token = opened;
var vault =
    await token.OpenVaultAsync("master", new VaultOptions { Rounds = 10 }, stop)
    ?? throw new InvalidOperationException("the test makes the master key");
Say("ready");
for (var i = 0; ; i++)
{
    var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{i}");
    var key = await token.GenerateSigningKeyAsync(name, KeyAlgorithm.EcdsaP256, stop);
    Say($"key {name} {Convert.ToHexString(SHA256.HashData(key.SubjectPublicKeyInfo.Span))}");
    await vault.CreateAsync(name, KeyAlgorithm.EcdsaP256, "1234"u8.ToArray(), StoreAsync, stop);
    Say($"blob {name}");

    async Task<bool> StoreAsync(ISigningKey wrapped, byte[] blob, CancellationToken cancellationToken)
    {
        var path = Path.Combine(blobs, name);
        await File.WriteAllBytesAsync(path + ".part", blob, cancellationToken);
        File.Move(path + ".part", path);
        return true;
    }
}

static void Say(string line)
{
    Console.Out.WriteLine(line);
    Console.Out.Flush();
}
