using EContract.Signer.Delivery;

namespace EContract.Signer.Activation;

/// <summary>What the message around a code says.</summary>
/// <param name="Name">The subscriber's.</param>
/// <param name="Items">Names and short digests of what is to be signed.</param>
public sealed record OtpContent(Occasion Occasion, string Name, IReadOnlyList<(string Name, string ShortDigest)> Items)
{
    public OtpContent(Occasion occasion, string name)
        : this(occasion, name, []) { }
}
