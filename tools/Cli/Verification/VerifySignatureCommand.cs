using System.CommandLine;
using System.Globalization;
using EContract.Cli.Connections;
using EContract.Cli.Output;
using EContract.Pki;
using EContract.Pki.X509;
using EContract.Validation;
using EContract.Validation.Conclusions;
using EContract.Validation.Grpc;
using EContract.Validation.Online;
using EContract.Validation.Paths;
using EContract.Validation.Policies;
using EContract.Validation.Reports;
using EContract.Validation.Reports.People;
using EContract.Validation.Sources;

namespace EContract.Cli.Verification;

/// <summary><c>econtract verify</c>: judges signed files on this machine, or by the server where one is named.</summary>
internal static class VerifySignatureCommand
{
    private static readonly Argument<FileInfo[]> Files = new("file")
    {
        Description = "Signed PDF, CMS or CAdES signature (DER), time-stamp token (DER), or certificate (DER or PEM)",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<FileInfo[]> Trust = new("--trust")
    {
        Description = "Trust anchor, PEM or DER; may be given again. Default: the policy's, else root*.pem in $ECONTRACT_HOME/pki",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<FileInfo> PolicyFile = new("--policy")
    {
        Description = "Validation policy (JSON). Default: the built-in one",
    };

    private static readonly Option<string?> At = new("--at")
    {
        Description = "Judge for this time, such as 2036-01-31 or 2036-01-31T09:00:00+09:00. Default: now",
    };

    private static readonly Option<bool> Online = new("--online") { Description = "Fetch missing OCSP responses, CRLs and certificates" };

    private static readonly Option<string[]> Allow = new("--allow-network")
    {
        Description = "With --online: a network that may be asked though it is not public, such as 127.0.0.0/8; may be given again",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<FileInfo[]> Known = new("--known")
    {
        Description =
            "Certificate, CRL or OCSP response that the file may lack, such as today's CRL of the last time-stamp's authority; may be given again",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<FileInfo> Detached = new("--detached")
    {
        Description = "What a detached signature signs, or a token stamps",
    };

    private static readonly Option<FileInfo[]> Evidence = new("--evidence")
    {
        Description = "Evidence record (RFC 4998, DER) over the file; may be given again",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> Html = new("--html") { Description = "Print an HTML page" };

    private static readonly Option<string> Lang = new("--lang")
    {
        Description = "Language of the report: ja or en",
        DefaultValueFactory = _ => "ja",
    };

    public static Command Create()
    {
        Files.AcceptExistingOnly();
        Trust.AcceptExistingOnly();
        PolicyFile.AcceptExistingOnly();
        Known.AcceptExistingOnly();
        Detached.AcceptExistingOnly();
        Evidence.AcceptExistingOnly();
        Lang.AcceptOnlyFromAmong("ja", "en");
        var command = new Command(
            "verify",
            "Say whether signatures and time-stamps are valid, whose they are, when they were made, and why. Works offline unless --online or --server "
                + "is given. Exit codes: 0 all passed, 4 one or more can't be decided, 5 one or more failed"
        )
        {
            Files,
            Trust,
            PolicyFile,
            At,
            Online,
            Allow,
            Known,
            Detached,
            Evidence,
            Html,
            Lang,
        };
        command.SetHandler(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var at = ReadTime(parsed.GetValue(At));
        var worst = Indication.Passed;
        if (parsed.GetResult(GlobalOptions.Server) is { Implicit: false })
        {
            RequireNoneOf(parsed, Trust, PolicyFile, Allow, Known);
            using var remote = new RemoteVerification(Connection.Open(parsed, "auditor"));
            foreach (var file in parsed.GetValue(Files)!)
            {
                var wanted = new Proto.Validation.V1.Options
                {
                    Time = at is { } time ? Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(time) : null,
                    Online = parsed.GetValue(Online),
                    Language =
                        Language(parsed) == ReportLanguage.English
                            ? Proto.Validation.V1.Language.English
                            : Proto.Validation.V1.Language.Japanese,
                    IncludeHtml = parsed.GetValue(Html),
                    IncludeText = !parsed.GetValue(Html),
                };
                var answer = await remote.ValidateAsync(
                    file,
                    parsed.GetValue(Detached),
                    parsed.GetValue(Evidence)!,
                    wanted,
                    cancellationToken
                );
                Console.WriteLine(parsed.GetValue(GlobalOptions.Json) ? RemoteVerification.ToJson(answer) : answer.Text + answer.Html);
                worst = Worse(worst, RemoteVerification.IndicationOf(answer));
            }

            return ExitCode(worst);
        }

        var validator = CreateValidator(parsed);
        var known = await ReadKnownAsync(parsed.GetValue(Known)!, cancellationToken);
        foreach (var file in parsed.GetValue(Files)!)
        {
            await using var content = parsed.GetValue(Detached)?.OpenRead();
            var request = new ValidationRequest
            {
                Name = file.Name,
                At = at,
                Content = content,
                Material = known,
                EvidenceRecords =
                [
                    .. parsed.GetValue(Evidence)!.Select(record => (ReadOnlyMemory<byte>)File.ReadAllBytes(record.FullName)),
                ],
            };
            var report = await ValidateAsync(validator, file, request, cancellationToken);
            Console.WriteLine(
                parsed.GetValue(GlobalOptions.Json) ? ReportOnWire.ToJson(report)
                : parsed.GetValue(Html) ? ReportHtml.Write(report, Language(parsed))
                : ReportText.Write(report, Language(parsed))
            );
            worst = Worse(worst, report.Conclusion.Indication);
        }

        return ExitCode(worst);
    }

    /// <summary>The server judges by its own anchors, policy and networks: an option that it never sees must not seem to count.</summary>
    private static void RequireNoneOf(ParseResult parsed, params IEnumerable<Option> local)
    {
        if (local.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new CommandException($"{given.Name} is for judging on this machine; with --server the server's own settings count");
        }
    }

    private static async Task<ValidationReport> ValidateAsync(
        SignatureValidator validator,
        FileInfo file,
        ValidationRequest request,
        CancellationToken cancellationToken
    )
    {
        await using var stream = file.OpenRead();
        if (DocumentKinds.IsPdf(stream))
        {
            return await validator.ValidatePdfAsync(stream, request, cancellationToken);
        }

        var signature = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        return DocumentKinds.IsCertificate(signature)
                ? await validator.ValidateCertificateAsync(signature, AnchorPurpose.Signing, request, cancellationToken)
            : DocumentKinds.IsTimeStampToken(signature) ? await validator.ValidateTimeStampAsync(signature, request, cancellationToken)
            : await validator.ValidateCmsAsync(signature, request, cancellationToken);
    }

    private static SignatureValidator CreateValidator(ParseResult parsed)
    {
        try
        {
            var policy = parsed.GetValue(PolicyFile) is { } file ? PolicyReader.ReadFile(file.FullName) : ValidationPolicy.Default;
            IEnumerable<string> anchors = parsed.GetValue(Trust)!.Select(f => f.FullName);
            if (policy.TrustAnchors.Count == 0 && !anchors.Any())
            {
                anchors = LocalRoots(parsed.GetValue(GlobalOptions.Home)!);
            }

            policy = policy.Trusting(
                anchors.Select(path => new PolicyAnchor(TrustAnchor.From(Certificate.Parse(File.ReadAllBytes(path)))))
            );
            return parsed.GetValue(Online)
                ? new SignatureValidator(policy, TimeProvider.System, CreateSource(parsed))
                : new SignatureValidator(policy, TimeProvider.System);
        }
        catch (PolicyException e)
        {
            throw new CommandException($"--policy: {e.Message}");
        }
        catch (Exception e) when (e is MalformedException or FormatException)
        {
            throw new CommandException($"--trust: {e.Message}");
        }
    }

    private static async Task<CollectedSource> ReadKnownAsync(IEnumerable<FileInfo> files, CancellationToken cancellationToken)
    {
        var known = new CollectedSource();
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
            if (!known.TryAddCertificate(bytes) && !known.TryAddCrl(bytes) && !known.TryAddOcspResponse(bytes))
            {
                throw new CommandException(
                    $"--known: {file.Name} is no certificate, CRL (DER) or OCSP response (DER) that is not given yet"
                );
            }
        }

        return known;
    }

    /// <summary>The roots of the local installation.</summary>
    private static IEnumerable<string> LocalRoots(string home)
    {
        var folder = Path.Combine(home, "pki");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "root*.pem").Order(StringComparer.Ordinal) : [];
    }

    private static OnlineSource CreateSource(ParseResult parsed)
    {
        var options = new OnlineOptions { Enabled = true };
        foreach (var network in parsed.GetValue(Allow)!)
        {
            options.PrivateNetworks.Add(
                System.Net.IPNetwork.TryParse(network, out _)
                    ? network
                    : throw new CommandException($"--allow-network: '{network}' is no network, such as 10.1.0.0/16")
            );
        }

        return new OnlineSource(new Fetcher(options, TimeProvider.System));
    }

    private static DateTimeOffset? ReadTime(string? text) =>
        text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new CommandException($"--at: '{text}' is no time");

    private static ReportLanguage Language(ParseResult parsed) =>
        parsed.GetValue(Lang) == "en" ? ReportLanguage.English : ReportLanguage.Japanese;

    private static Indication Worse(Indication left, Indication right) => left > right ? left : right;

    private static int ExitCode(Indication worst) =>
        worst switch
        {
            Indication.Passed => ExitCodes.Done,
            Indication.Failed => ExitCodes.ValidationFailed,
            _ => ExitCodes.ValidationIndeterminate,
        };
}
