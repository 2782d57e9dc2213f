using EContract.Signer.Activation;
using EContract.Signer.Identities;

namespace EContract.Signer.Store;

/// <summary>The one-time password of one enrolment, activation or challenge; the newest sent is the valid one.</summary>
public sealed class OneTimePassword
{
    /// <summary>The enrolment, activation or challenge: the only thing that the code is good for.</summary>
    public required string SubjectId { get; init; }

    public required SubscriberId SubscriberId { get; init; }

    public required OtpMethod Method { get; init; }

    /// <summary>Address or number; null for an authenticator.</summary>
    public string? Destination { get; init; }

    public required string Language { get; init; }

    /// <summary>HMAC of subject and code, made in the token; null for an authenticator and before the first sending.</summary>
    public byte[]? Mac { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public required int AttemptsLeft { get; set; }

    /// <summary>Codes made so far, delivered or not.</summary>
    public int Sends { get; set; }

    public DateTimeOffset? LastSentAt { get; set; }

    /// <summary>Whether the newest code was handed to its carrier.</summary>
    public bool Delivered { get; set; }

    /// <summary>HMAC of the code that was right: entered again for the same subject it resumes what it began, and nothing else.</summary>
    public byte[]? AcceptedMac { get; set; }
}
