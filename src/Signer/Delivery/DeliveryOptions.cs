namespace EContract.Signer.Delivery;

/// <summary>How messages get to subscribers.</summary>
public sealed class DeliveryOptions
{
    /// <summary>Sender of mails.</summary>
    public string From { get; set; } = "no-reply@econtract.invalid";

    /// <summary>Writes mails as files into this folder instead of sending them; takes precedence over <see cref="Smtp"/>.</summary>
    public string? PickupDirectory { get; set; }

    public SmtpOptions? Smtp { get; set; }

    public WebhookOptions? SmsWebhook { get; set; }

    /// <summary>Deadline of one delivery.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(20);
}
