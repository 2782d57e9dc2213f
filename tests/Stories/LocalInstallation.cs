using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EContract.Client;
using EContract.Proto.Ra.V1;
using EContract.TestKit;
using Xunit;

namespace EContract.Stories.Tests;

/// <summary>
/// The whole system on a state of its own, as <c>./run serve</c> makes it: database, token, hierarchy, server with every role. One
/// for all stories; each brings its own subscribers and documents.
/// </summary>
public sealed partial class LocalInstallation : IAsyncLifetime
{
    private const string ShortProfile = "subscriber-short";

    // Every PIN and every code that the stories used.
    private readonly ConcurrentBag<string> _secrets = [];
    private readonly ConcurrentBag<string> _printed = [];
    private readonly TemporaryFolder _home = new();
    private readonly int _port = FreePort();
    private readonly int _httpPort = FreePort();
    private RunningSystem? _system;
    private int _people;
    private int _nodes;
    private string _said = "";

    internal Outbox Outbox { get; private set; } = null!;

    /// <summary>gRPC, of every role in one process.</summary>
    internal int Port => _port;

    internal int HttpPort => _httpPort;

    /// <summary>Its folder: <c>.econtract</c>, were it not for us.</summary>
    internal string Home => _home.Path;

    /// <summary>Somebody who began to sign, and whose certificate runs for a minute only.</summary>
    internal (Subscriber Subscriber, string Activation, string Otp, DateTimeOffset NotAfter) ShortLived { get; private set; }

    /// <summary>The only certificate that a verifier has to trust.</summary>
    public string Root => Path.Combine(_home.Path, "pki", "root.pem");

    /// <summary>The settings that the server was started with.</summary>
    public string Configuration => Path.Combine(_home.Path, "config", "server.json");

    /// <summary>PEM; it leads to the root, but is none.</summary>
    public string ServerCertificate => Path.Combine(_home.Path, "tls", "server.crt");

    public static string ServerProgram { get; } = Program("src/Server", "EContract.Server.dll");

    /// <summary>Several pages, three parties.</summary>
    public static string Contract { get; } = Path.Combine(RepositoryRoot.Path, "demo", "loan-contract.pdf");

    public async ValueTask InitializeAsync()
    {
        // PostgreSQL runs as another user when we are root, and has to reach its folder.
        Subprocess.Run("chmod", "755", _home.Path);
        Outbox = new Outbox(Path.Combine(_home.Path, "outbox"));
        // What was built with the tests needs no build by ./run, unless a source is newer.
        Stamp("server", Path.Combine("src", "Server"));
        Stamp("cli", Path.Combine("tools", "Cli"));
        WriteShortProfile();
        await StartAsync();
        Subprocess.Run("certutil", "-N", "-d", $"sql:{_home.Path}", "--empty-password");
        Subprocess.Run("certutil", "-A", "-d", $"sql:{_home.Path}", "-n", "root", "-t", "C,C,C", "-i", Root);
        ShortLived = await BeginShortLivedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_system is not null)
        {
            await _system.StopAsync();
            _said += _system.Said;
            // For the search over the whole run, too.
            TestRunLog.Add(ReadLogs());
            RequireNoSecretsInLogs();
        }

        _home.Dispose();
    }

    /// <summary>The server dies at once, and everything is started again on the state that it left.</summary>
    internal async Task KillServerAndRestartAsync()
    {
        await _system!.KillServerAsync();
        _said += _system.Said;
        _system = null;
        await StartAsync();
    }

    /// <summary>The command line as somebody types it. What it prints is looked through for secrets, too.</summary>
    internal async Task<(int ExitCode, string Output)> CliAsync(params string[] arguments)
    {
        string[] where = arguments.Contains("--server") ? [] : ["--server", $"https://127.0.0.1:{_port}"];
        var result = await ForeignTool.RunAsync("dotnet", [CliProgram, "--home", _home.Path, .. where, .. arguments]);
        _printed.Add(result.Output);
        return result;
    }

    /// <summary>The same without a server: what it judges, it judges on this machine.</summary>
    internal Task<(int ExitCode, string Output)> LocalCliAsync(params string[] arguments) =>
        ForeignTool.RunAsync("dotnet", [CliProgram, "--home", _home.Path, .. arguments]);

    /// <summary>One that goes on until it is interrupted.</summary>
    internal Process StartCli(params string[] arguments) =>
        Process.Start(
            // A run in the background may have SIGINT ignored, and what it starts inherits that.
            new ProcessStartInfo(
                "env",
                ["--default-signal=INT", "dotnet", CliProgram, "--home", _home.Path, "--server", $"https://127.0.0.1:{_port}", .. arguments]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;

    /// <summary>A connection as one of the configured callers; null: without a certificate.</summary>
    /// <param name="port">Of another Signer of the installation; null: the one with every role.</param>
    internal Caller Connect(string? caller, int? port = null) =>
        new(Path.Combine(_home.Path, "callers"), $"https://127.0.0.1:{port ?? _port}", caller);

    /// <summary>Another Signer on the same database and token; the roles CA and TSA are its peers over mutual TLS.</summary>
    /// <param name="settings">By path, over those of the installation; null: none.</param>
    internal Task<RoleProcess> StartSignerAsync(
        IReadOnlyDictionary<string, string?>? settings = null,
        int? port = null,
        int? httpPort = null
    )
    {
        var number = Interlocked.Increment(ref _nodes);
        var node = Settings.Parse(Configuration);
        node["Roles"] = new JsonArray("signer");
        node["CallerRevocation"] = new JsonObject { ["Crls"] = new JsonArray($"http://127.0.0.1:{_httpPort}/crl/infrastructure.crl") };
        // What belongs to roles that this process does not serve.
        node.Remove("Ca");
        node.Remove("Tsa");
        node.Set("Peers:Ca", $"https://127.0.0.1:{_port}");
        node.Set("Peers:Tsa", $"https://127.0.0.1:{_port}");
        node.Set("Peers:Certificate", Path.Combine(_home.Path, "callers", "service.crt"));
        node.Set("Peers:Key", Path.Combine(_home.Path, "callers", "service.key"));
        node.Set("Peers:Anchors", Path.Combine(_home.Path, "pki", "root.pem"));
        node.Set("Audit:Node", $"signer-{number}");
        node.Set("Log:File", Path.Combine(_home.Path, "log", $"signer-{number}.log"));
        node.Set("Signer:Documents:Spool", Path.Combine(_home.Path, $"spool-{number}"));
        foreach (var (path, value) in settings ?? new Dictionary<string, string?>())
        {
            node.Set(path, value);
        }

        return StartProcessAsync($"signer-{number}", node, port ?? FreePort(), httpPort ?? FreePort());
    }

    /// <summary>A server process with these settings on these ports.</summary>
    /// <param name="environment">Settings over those.</param>
    internal Task<RoleProcess> StartProcessAsync(
        string name,
        JsonObject settings,
        int port,
        int httpPort,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        settings.Set("Endpoints:Grpc", $"127.0.0.1:{port}");
        settings.Set("Endpoints:Http", $"127.0.0.1:{httpPort}");
        var file = _home.Write($"{name}.json", settings.ToJsonString());
        return RoleProcess.StartAsync(file, port, httpPort, environment ?? new Dictionary<string, string>(), Hear);
    }

    /// <summary>A port that nobody listens on.</summary>
    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Reads the next code that was sent to him, as the subscriber does.</summary>
    internal Task<string> CodeOfAsync(Subscriber subscriber) => Outbox.NextCodeAsync(subscriber.Email);

    /// <summary>Registered, approved, enrolled and accepted.</summary>
    /// <param name="seal">An organisation with its seal.</param>
    internal async Task<Subscriber> EnrolAsync(bool seal = false) => await EnrolAsync(await RegisterAsync(seal));

    /// <summary>Enrolled and accepted, with a new PIN.</summary>
    /// <param name="port">The Signer that does it; null: the one with every role.</param>
    internal async Task<Subscriber> EnrolAsync(Registered person, int? port = null)
    {
        var pin = NewPin();
        using var portal = Connect("portal", port);
        var enrollment = portal.Portal.Enrollment;
        var begun = await enrollment.BeginAsync(person.ApplicationId);
        var otp = await Outbox.NextCodeAsync(person.Email);
        var credential = await enrollment.CompleteAsync(begun.EnrollmentId, otp, pin, "EC_P256");
        await enrollment.AcceptAsync(credential.CredentialId, pin);
        return new Subscriber(person.SubscriberId, person.Email, pin, credential.CredentialId, credential.SerialNumber);
    }

    /// <summary>Registered, and approved to apply for a certificate.</summary>
    internal async Task<Registered> RegisterAsync(bool seal = false, string profile = "subscriber-individual")
    {
        var number = Interlocked.Increment(ref _people);
        var email = $"person-{number}@mail.example";
        var data = new SubscriberData
        {
            Kind = seal ? SubscriberKind.Organisation : SubscriberKind.Individual,
            Name = seal ? "株式会社みらい銀行" : "山田太郎",
            Kana = seal ? "カブシキガイシャミライギンコウ" : "ヤマダタロウ",
            RomanisedName = seal ? "Mirai Bank Ltd." : "Taro Yamada",
            Email = email,
            Mobile = $"+819000{number:000000}",
            CustomerNumber = $"S-{number:0000}",
            Organisation = seal
                ? new Organisation
                {
                    Name = "株式会社みらい銀行",
                    RomanisedName = "Mirai Bank Ltd.",
                    CorporateNumber = "7010001008844",
                }
                : null,
        };
        var register = new RegisterSubscriber { Data = data, CertificateProfile = seal ? "organisation-seal" : profile };
        var change = await DecideAsync(new ChangeOperation { Register = register });
        return new Registered(change.SubscriberId, change.ApplicationId, email);
    }

    /// <summary>A change that one person of the RA submits.</summary>
    internal async Task<Change> SubmitAsync(ChangeOperation operation, string caller = "ra-maker")
    {
        using var maker = Connect(caller);
        var request = new SubmitChangeRequest
        {
            RequestId = Guid.NewGuid().ToString("N"),
            Operation = operation,
            Reason = "story",
            PaperReference = "受付番号 STORY",
        };
        return (await RefusedException.TranslateAsync(() => maker.Registration.SubmitChangeAsync(request).ResponseAsync)).Change;
    }

    /// <summary>… and somebody approves.</summary>
    internal async Task<Change> ApproveAsync(Change change, string caller = "ra-approver")
    {
        using var approver = Connect(caller);
        var request = new ApproveChangeRequest { ChangeId = change.ChangeId };
        return (await RefusedException.TranslateAsync(() => approver.Registration.ApproveChangeAsync(request).ResponseAsync)).Change;
    }

    internal async Task<Change> DecideAsync(ChangeOperation operation) => await ApproveAsync(await SubmitAsync(operation));

    /// <summary>How many signatures pdfsig finds valid and trusted.</summary>
    internal Task<int> TrustedSignaturesAsync(byte[] pdf) => TrustedSignaturesAsync(_home.Write($"{Guid.NewGuid():N}.pdf", pdf));

    /// <inheritdoc cref="TrustedSignaturesAsync(byte[])"/>
    internal async Task<int> TrustedSignaturesAsync(string file)
    {
        var (exit, output) = await ForeignTool.RunAsync("pdfsig", "-nssdir", $"sql:{_home.Path}", file);
        Assert.True(exit == 0, output);
        var valid = output.Split("Signature Validation: Signature is Valid.").Length - 1;
        var trusted = output.Split("Certificate Validation: Certificate is Trusted.").Length - 1;
        Assert.True(valid == trusted, output);
        return valid;
    }

    /// <summary>A code that did not come through the outbox: it must not be found in any log either.</summary>
    internal void Remember(string code) => _secrets.Add(TestRunLog.Secret(code));

    /// <summary>A PIN that fits the policy; it must not be found in any log later.</summary>
    internal string NewPin()
    {
        var pin = RandomNumberGenerator.GetString("ACEGHKMPRTVXacegkmprtvx", 6) + RandomNumberGenerator.GetInt32(20, 100);
        _secrets.Add(TestRunLog.Secret(pin));
        return pin;
    }

    /// <summary>Neither the PINs nor the one-time passwords of the stories so far are in anything that was logged or printed.</summary>
    /// <returns>How much text that was.</returns>
    internal int RequireNoSecretsInLogs()
    {
        var logged = ReadLogs();
        // Whole words, for a hexadecimal identifier may hold any eight digits.
        var words = Word().Matches(logged).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(_secrets.Concat(Outbox.Codes), words.Contains);
        Assert.DoesNotContain(_secrets, pin => logged.Contains(pin, StringComparison.OrdinalIgnoreCase));
        return logged.Length;
    }

    /// <summary>Everything that was logged or printed so far.</summary>
    private string ReadLogs() =>
        Directory
            .GetFiles(Path.Combine(_home.Path, "log"))
            .Append(Path.Combine(_home.Path, "postgres", "postgres.log"))
            .Where(File.Exists)
            .Aggregate(_said + _system?.Said + string.Concat(_printed), (text, file) => text + ReadShared(file));

    private async Task StartAsync() =>
        _system = await RunningSystem.StartAsync(
            new Dictionary<string, string>
            {
                ["ECONTRACT_HOME"] = _home.Path,
                ["ECONTRACT_GRPC_PORT"] = $"{_port}",
                ["ECONTRACT_HTTP_PORT"] = $"{_httpPort}",
                ["ECONTRACT__Ca__Profiles"] = Path.Combine(_home.Path, "profiles"),
                // The caller "load" (the seventh) becomes a second portal.
                ["ECONTRACT__Callers__6__Roles__0"] = "portal",
                // The caller "admin" (the sixth) is both people of the RA, too.
                ["ECONTRACT__Callers__5__Roles__0"] = "ra-maker",
                ["ECONTRACT__Callers__5__Roles__1"] = "ra-approver",
                ["ECONTRACT__Callers__5__Roles__2"] = "admin",
                // What a killed server left half done is taken over soon.
                ["ECONTRACT__Signer__Signing__ReservationLease"] = "00:00:08",
            }
        );

    /// <summary>notAfter lies 59 seconds after the issuance.</summary>
    private void WriteShortProfile()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_home.Path, "profiles")).FullName;
        var source = Path.Combine(RepositoryRoot.Path, "src", "Ca", "Profiles", "Data", "subscriber-individual.json");
        var profile = JsonNode.Parse(File.ReadAllText(source))!;
        profile["name"] = ShortProfile;
        profile["validity"] = new JsonObject { ["days"] = 1, ["backdate_minutes"] = (24 * 60) - 1 };
        File.WriteAllText(Path.Combine(folder, $"{ShortProfile}.json"), profile.ToJsonString());
    }

    private async Task<(Subscriber, string, string, DateTimeOffset)> BeginShortLivedAsync()
    {
        using var caller = Connect("portal");
        var portal = caller.Portal;
        var subscriber = await EnrolAsync(await RegisterAsync(profile: ShortProfile));
        var begun = await portal.BeginAsync(subscriber, await portal.UploadContractAsync());
        var otp = await CodeOfAsync(subscriber);
        var credential = await portal.Enrollment.GetAsync(subscriber.CredentialId);
        using var certificate = X509CertificateLoader.LoadCertificate(credential.Certificate.Span);
        return (subscriber, begun.ActivationId, otp, certificate.NotAfter.ToUniversalTime());
    }

    private void Hear(string said)
    {
        lock (_secrets)
        {
            _said += said;
        }
    }

    public static string CliProgram { get; } = Program("tools/Cli", "econtract.dll");

    private static string Program(string project, string file) =>
        Path.Combine(RepositoryRoot.Path, project, "bin", "Release", "net10.0", file);

    private void Stamp(string name, string project)
    {
        var built = new DirectoryInfo(Path.Combine(RepositoryRoot.Path, project, "bin", "Release", "net10.0"));
        if (!built.Exists || built.GetFiles("EContract.*.dll") is not { Length: > 0 } files)
        {
            return;
        }

        var stamp = Path.Combine(Directory.CreateDirectory(Path.Combine(_home.Path, "build")).FullName, $"{name}.stamp");
        File.WriteAllText(stamp, "");
        File.SetLastWriteTimeUtc(stamp, files.Max(file => file.LastWriteTimeUtc));
    }

    private static string ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("[0-9A-Za-z]+")]
    private static partial Regex Word();
}
