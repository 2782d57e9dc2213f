using EContract.Signer.Activation;

namespace EContract.Signer.Delivery;

/// <summary>Writes mails as <c>.eml</c> files into a folder that a mail server empties, or a person at his own machine reads.</summary>
public sealed class PickupDirectorySender(string directory, string from, TimeProvider time) : IOtpSender
{
    public OtpMethod Method => OtpMethod.Email;

    public async Task SendAsync(OtpMessage message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var name = $"{now:yyyyMMdd'T'HHmmssfff}-{Guid.NewGuid():N}";
        var mail = MailMessage.Compose(from, message, now, $"{name}@{from[(from.LastIndexOf('@') + 1)..]}");
        try
        {
            Directory.CreateDirectory(directory);
            // Whoever watches the folder sees whole mails only.
            var partial = Path.Combine(directory, $".{name}.partial");
            await File.WriteAllBytesAsync(partial, mail, cancellationToken);
            File.Move(partial, Path.Combine(directory, $"{name}.eml"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeliveryException("The pickup directory can't be written.", e);
        }
    }
}
