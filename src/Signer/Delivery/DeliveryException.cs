namespace EContract.Signer.Delivery;

/// <summary>A carrier did not take a message over. The detail holds neither the message nor its destination.</summary>
public sealed class DeliveryException(string detail, Exception? cause = null) : Exception(detail, cause);
