using EContract.Hosting.Settings;

namespace EContract.Hosting.Admission;

/// <summary>How much the server takes on at a time, section <c>Admission</c>.</summary>
public sealed class AdmissionOptions
{
    /// <summary>Calls in progress at the same time, of all classes.</summary>
    public int MaxConcurrency { get; set; } = 256;

    /// <summary>Calls that may wait for a place.</summary>
    public int MaxWaiting { get; set; } = 1024;

    /// <summary>How long one may wait.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Share of the places that RA, archive and load calls together may hold.</summary>
    public int RegistrationPercent { get; set; } = 75;

    /// <summary>Share of the places that archive and load calls together may hold.</summary>
    public int ArchivePercent { get; set; } = 50;

    /// <summary>Share of the places that load calls may hold.</summary>
    public int LoadPercent { get; set; } = 40;

    /// <summary>Rates by method; the first that matches counts.</summary>
    public List<MethodRateOptions> Rates { get; set; } = [];

    internal static void Check(AdmissionOptions options, SettingErrors errors)
    {
        if (options.MaxConcurrency < 1)
        {
            errors.Add(nameof(MaxConcurrency), $"is {options.MaxConcurrency}", "1 or more");
        }

        if (options.MaxWaiting < 0)
        {
            errors.Add(nameof(MaxWaiting), $"is {options.MaxWaiting}", "0 or more");
        }

        foreach (
            var (name, percent) in new[]
            {
                (nameof(RegistrationPercent), options.RegistrationPercent),
                (nameof(ArchivePercent), options.ArchivePercent),
                (nameof(LoadPercent), options.LoadPercent),
            }
        )
        {
            if (percent is < 1 or > 100)
            {
                errors.Add(name, $"is {percent}", "1 to 100");
            }
        }

        for (var i = 0; i < options.Rates.Count; i++)
        {
            var rate = options.Rates[i];
            if (!rate.Method.StartsWith('/') || rate.RatePerSecond <= 0 || rate.Burst <= 0)
            {
                errors.Add(
                    $"{nameof(Rates)}:{i}",
                    "is not a rate",
                    "Method '/package.Service/Method' or '/package.Service/*', RatePerSecond and Burst above 0"
                );
            }
        }
    }
}

/// <summary>Rate of one method, or of all methods of a service, for each caller.</summary>
public sealed record MethodRateOptions
{
    /// <summary><c>/package.Service/Method</c>, or <c>/package.Service/*</c>.</summary>
    public string Method { get; set; } = "";

    public double RatePerSecond { get; set; }

    /// <summary>Calls at once after a pause. Default: twice the rate.</summary>
    public int? Burst { get; set; }
}
