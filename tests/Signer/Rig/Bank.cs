using EContract.Hsm;
using EContract.Signer.Activation;
using EContract.Signer.Signing;
using EContract.TestKit;

namespace EContract.Signer.Tests.Rig;

/// <summary>What all nodes of a test share: database, token, authorities, mailboxes, clock.</summary>
public sealed class Bank : IAsyncDisposable
{
    private readonly TestHierarchy _hierarchy;
    private readonly List<SignerNode> _nodes = [];

    private Bank(PostgresDatabase database, Token token, PkiServer? pki)
    {
        _hierarchy = new TestHierarchy(endpoint: pki?.EndpointOf("bank"));
        pki?.Serve("bank", _hierarchy);
        Pki = pki;
        Database = database;
        Token = token;
        Ca = new FakeCa(_hierarchy);
        Tsa = new FakeTsa(_hierarchy);
    }

    public PostgresDatabase Database { get; }

    public Token Token { get; }

    public FakeCa Ca { get; }

    public FakeTsa Tsa { get; }

    public Mailbox Mail { get; } = new(OtpMethod.Email);

    public Mailbox Sms { get; } = new(OtpMethod.Sms);

    public OffsetTime Time { get; } = new();

    public string RootPem => _hierarchy.RootPem;

    public string IssuingPem => _hierarchy.Issuing.ExportCertificatePem();

    /// <summary>Answers for the hierarchy's certificates; null where the test needs none.</summary>
    public PkiServer? Pki { get; }

    /// <param name="pki">Whether the hierarchy's OCSP responder and CRLs can be asked.</param>
    public static async Task<Bank> OpenAsync(Token token, bool pki = false) =>
        new(await PostgresDatabase.CreateAsync(), token, pki ? await PkiServer.StartAsync() : null);

    /// <summary>Another node on the same database.</summary>
    public async Task<SignerNode> StartNodeAsync(CyclePoints? points = null, Action<SignerOptions>? change = null)
    {
        var node = await SignerNode.StartAsync(this, points, change);
        _nodes.Add(node);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        if (Pki is not null)
        {
            await Pki.DisposeAsync();
        }

        Tsa.Dispose();
        _hierarchy.Dispose();
        await Database.DisposeAsync();
    }
}
