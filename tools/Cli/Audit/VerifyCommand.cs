using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EContract.Audit.Evidence;
using EContract.Audit.Export;
using EContract.Audit.Verification;
using EContract.Cli.Connections;
using EContract.Cli.Output;

namespace EContract.Cli.Audit;

/// <summary><c>econtract audit verify</c>: checks an evidence bundle or an exported log offline, with nothing but the root certificate.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "An evidence bundle (*.zip) or an exported log (*.econtract-audit)" };
        var root = new Option<FileInfo>("--root") { Description = "PEM file with the root certificate", Required = true };
        var signer = new Option<string?>("--signer")
        {
            Description = "What the audit certificate's common name must be besides, or end in",
        };
        var witness = new Option<FileInfo[]>("--witness")
        {
            Description = "Checkpoints kept from earlier, which the log must still hold",
            DefaultValueFactory = _ => [],
        };
        file.AcceptExistingOnly();
        root.AcceptExistingOnly();
        witness.AcceptExistingOnly();
        var command = new Command("verify", "Check evidence or a whole log offline, and say what it proves")
        {
            file,
            root,
            signer,
            witness,
        };
        command.SetHandler(
            async (parsed, cancellationToken) =>
            {
                var trust = new TrustOptions
                {
                    Roots = ReadRoots(parsed.GetValue(root)!.FullName),
                    SignerName = parsed.GetValue(signer),
                    Witnesses = [.. parsed.GetValue(witness)!.Select(kept => (ReadOnlyMemory<byte>)File.ReadAllBytes(kept.FullName))],
                };
                await using var stream = parsed.GetValue(file)!.OpenRead();
                var (words, holds) = await VerifyAsync(stream, trust, cancellationToken);
                foreach (var line in words)
                {
                    Console.WriteLine(line);
                }

                if (!holds)
                {
                    throw new CommandException("The evidence does not hold.");
                }
            }
        );
        return command;
    }

    private static async Task<(IEnumerable<string> Words, bool Holds)> VerifyAsync(
        FileStream stream,
        TrustOptions trust,
        CancellationToken cancellationToken
    )
    {
        var start = new byte[2];
        await stream.ReadAtLeastAsync(start, 2, throwOnEndOfStream: false, cancellationToken);
        stream.Position = 0;
        if (start is [(byte)'P', (byte)'K'])
        {
            try
            {
                var evidence = EvidenceVerifier.Verify(EvidenceBundle.Read(stream), trust);
                return (evidence.Describe(), evidence.IsValid);
            }
            catch (InvalidDataException e)
            {
                throw new CommandException(e.Message);
            }
        }

        var log = await LogVerifier.VerifyAsync(LogFile.ReadAsync(stream, cancellationToken), trust, cancellationToken);
        return (log.Describe(), log.IsIntact);
    }

    private static X509Certificate2Collection ReadRoots(string path)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(path);
            return roots;
        }
        catch (CryptographicException e)
        {
            throw new CommandException($"--root: {e.Message}");
        }
    }
}
