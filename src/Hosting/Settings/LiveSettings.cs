namespace EContract.Hosting.Settings;

/// <summary>Settings that take effect when the configuration is saved, without a restart.</summary>
internal interface ILiveSettings
{
    void Reload();
}

/// <inheritdoc />
public sealed class LiveSettings<T> : ILiveSettings
    where T : class, new()
{
    private readonly SettingsSection<T> _section;
    private volatile T _current;

    internal LiveSettings(SettingsSection<T> section)
    {
        _section = section;
        _current = section.Read();
    }

    /// <summary>Raised with settings that were judged to be right.</summary>
    public event Action<T>? Changed;

    public T Current => _current;

    void ILiveSettings.Reload()
    {
        _current = _section.Read();
        Changed?.Invoke(_current);
    }
}
