namespace EContract.Signer.Delivery;

/// <summary>What goes to the subscriber.</summary>
/// <param name="Destination">E-mail address or E.164 number.</param>
/// <param name="Subject">One line; senders without subjects leave it out.</param>
/// <param name="Text">Lines end in <c>\n</c>.</param>
public sealed record OtpMessage(string Destination, string Subject, string Text);
