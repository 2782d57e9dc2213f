using EContract.Proto.Ra.V1;
using EContract.Proto.Signer.V1;

namespace EContract.Cli.Demo;

/// <summary>Somebody who signs in the demonstration.</summary>
/// <param name="Data">As the bank registers him.</param>
/// <param name="Profile">The certificate profile he applies for.</param>
/// <param name="Role">In which role he signs.</param>
/// <param name="KeyAlgorithm">His key.</param>
/// <param name="Placement">Where his signature is seen.</param>
internal sealed record Party(SubscriberData Data, string Profile, string Role, string KeyAlgorithm, Placement Placement)
{
    /// <summary>Digits without repetition or sequence, as the PIN policy wants them; made anew in each run and never shown.</summary>
    public string Pin { get; } = NewPin();

    /// <summary>Set when registered.</summary>
    public string SubscriberId { get; set; } = "";

    /// <summary>Set when enrolled.</summary>
    public string CredentialId { get; set; } = "";

    /// <summary>As the portal declares him with the document.</summary>
    public Proto.Signer.V1.Party Declared() =>
        new()
        {
            SubscriberId = SubscriberId,
            Kind = Data.Kind == SubscriberKind.Organisation ? PartyKind.Organisation : PartyKind.Person,
            Role = Role,
            Reason = "契約内容に同意します",
            Placement = Placement,
        };

    private static string NewPin()
    {
        while (true)
        {
            var digits = Enumerable.Range(0, 8).Select(_ => System.Security.Cryptography.RandomNumberGenerator.GetInt32(10)).ToArray();
            if (digits.Zip(digits.Skip(1)).All(pair => Math.Abs(pair.First - pair.Second) > 1) && digits.Distinct().Count() >= 6)
            {
                return string.Concat(digits);
            }
        }
    }
}
