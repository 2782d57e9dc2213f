using EContract.Hsm;
using EContract.Signer.Activation;
using EContract.Signer.Signing;
using EContract.TestKit;

namespace EContract.Signer.Tests.Rig;

/// <summary>What all nodes of a test share: database, token, authorities, mailboxes, clock.</summary>
public sealed class Bank : IAsyncDisposable
{
    private readonly TestHierarchy _hierarchy = new();
    private readonly List<SignerNode> _nodes = [];

    private Bank(PostgresDatabase database, Token token)
    {
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

    public static async Task<Bank> OpenAsync(Token token) => new(await PostgresDatabase.CreateAsync(), token);

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

        Tsa.Dispose();
        _hierarchy.Dispose();
        await Database.DisposeAsync();
    }
}
