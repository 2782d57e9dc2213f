using EContract.Audit;
using EContract.Audit.Store;
using EContract.Hosting.Settings;
using Npgsql;

namespace EContract.Server;

/// <summary>
/// <c>migrate</c>: brings the evidence log's schema up to date as its owner (<c>Audit:MigrationConnectionString</c>), and grants the
/// server's user (<c>ConnectionStrings:Audit</c> or <c>:Database</c>) what it needs and nothing more. So no serving process holds the
/// owner's password. The other schemas belong to the server's user, who brings them up to date by itself.
/// </summary>
internal static class Migration
{
    public static async Task RunAsync(IReadOnlyList<string> args)
    {
        var configuration = new ConfigurationManager();
        configuration.AddServerConfiguration(args);
        var database = configuration.GetSection("ConnectionStrings").Get<DatabaseOptions>() ?? new DatabaseOptions();
        var errors = new SettingErrors();
        ServerSettings.CheckDatabase(database, errors.Below("ConnectionStrings"));
        var owner = configuration["Audit:MigrationConnectionString"];
        errors.Require(
            !string.IsNullOrWhiteSpace(owner),
            $"Audit:{nameof(AuditOptions.MigrationConnectionString)}",
            "is missing",
            "the connection string of the evidence log's owner, best in the variable ECONTRACT__Audit__MigrationConnectionString of this command alone"
        );
        if (errors.Found.Count > 0)
        {
            throw new SettingsException(errors.Found);
        }

        var serving = database.Audit ?? database.Database!;
        await AuditSchema.MigrateAsync(owner!, serving, CancellationToken.None);
        Console.WriteLine(
            $"The evidence log's schema is up to date; {new NpgsqlConnectionStringBuilder(serving).Username} may insert and select."
        );
    }
}
