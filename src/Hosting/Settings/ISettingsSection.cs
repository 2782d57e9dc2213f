namespace EContract.Hosting.Settings;

/// <summary>A section of the configuration that is judged before anything starts, and again when the configuration is reloaded.</summary>
internal interface ISettingsSection
{
    /// <summary>Its full name: <c>Ca:Crl</c>.</summary>
    string Path { get; }

    /// <param name="services">Where validators of the section's options are found.</param>
    /// <param name="sections">Full names of all sections: those that lie within this one are judged by themselves.</param>
    void Check(IServiceProvider services, IReadOnlySet<string> sections, SettingErrors errors);
}
