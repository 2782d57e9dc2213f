using EContract.Pki;

namespace EContract.Ca.Registration;

/// <summary>All given criteria must hold. Names, kana and e-mail match from their beginning, whatever their width and case.</summary>
public sealed record SubscriberSearch
{
    public string Name { get; init; } = "";

    public string Kana { get; init; } = "";

    public string Email { get; init; } = "";

    public SerialNumber? SerialNumber { get; init; }

    public SubscriberState? State { get; init; }
}
