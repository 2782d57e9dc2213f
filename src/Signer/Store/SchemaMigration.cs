using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace EContract.Signer.Store;

/// <summary>Brings the schema up to date before the role serves. Nodes that start at the same time wait for each other.</summary>
internal sealed class SchemaMigration(SignerDatabase database) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
