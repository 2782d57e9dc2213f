using EContract.Signer.Activation;

namespace EContract.Signer.Delivery;

/// <summary>A way to the subscriber. Returns when the carrier has taken the message over.</summary>
public interface IOtpSender
{
    OtpMethod Method { get; }

    /// <exception cref="DeliveryException">The carrier did not take it.</exception>
    Task SendAsync(OtpMessage message, CancellationToken cancellationToken);
}
