using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using EContract.Signer.Activation;
using EContract.Signer.Delivery;
using EContract.TestKit;

namespace EContract.Signer.Tests.Rig;

/// <summary>What subscribers got; a mail server that is down is a switch.</summary>
public sealed partial class Mailbox(OtpMethod method) : IOtpSender
{
    public OtpMethod Method => method;

    public bool Down { get; set; }

    public ConcurrentQueue<OtpMessage> Messages { get; } = new();

    /// <summary>The code of the newest message.</summary>
    public string Code => EightDigits().Match(Messages.Last().Text).Value;

    public Task SendAsync(OtpMessage message, CancellationToken cancellationToken)
    {
        if (Down)
        {
            throw new DeliveryException("The test has switched the mail server off.");
        }

        TestRunLog.Secret(EightDigits().Match(message.Text).Value);
        Messages.Enqueue(message);
        return Task.CompletedTask;
    }

    [GeneratedRegex(@"(?<=: )\d{8}\b")]
    private static partial Regex EightDigits();
}
