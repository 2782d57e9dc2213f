using EContract.Ca.Profiles;
using EContract.Hosting.Settings;
using EContract.Hsm;
using EContract.Server;
using Microsoft.Extensions.Options;
using Npgsql;

// One executable, any roles: what it is, its configuration says. `--config FILE` adds a JSON file over appsettings.json;
// environment variables (ECONTRACT__Section__Setting) and `--Section:Setting=value` go over both.
// `migrate` brings the evidence log's schema up to date instead of serving.
try
{
    if (args is ["migrate", .. var settings])
    {
        await Migration.RunAsync(settings);
        return 0;
    }

    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
    builder.Services.AddSingleton(builder.Configuration.AddServerConfiguration(args));
    builder.AddServer();
    await using var app = builder.Build();
    app.MapServer();
    await app.RunAsync();
    return 0;
}
catch (Exception e)
    when (e
            is SettingsException
                or ProfileException
                or OptionsValidationException
                or HsmException
                or IOException
                or InvalidDataException
                or InvalidOperationException
                or NpgsqlException
    )
{
    // What an operator can mend is told in words; anything else is ours and shows its trace.
    await Console.Error.WriteLineAsync($"EContract does not start: {e.Message}");
    return 1;
}
