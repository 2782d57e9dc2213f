using System.Security.Cryptography;
using EContract.Hosting.Callers;
using EContract.Hosting.Calls;
using EContract.Hosting.Errors;
using EContract.Hsm.Keys;
using EContract.Signer.Activation;
using EContract.Signer.Identities;
using Google.Protobuf;
using Grpc.Core;
using Wire = EContract.Proto.Signer.V1;

namespace EContract.Signer.Grpc;

/// <summary>Requests as the domain knows them; what is missing or wrong is refused by name.</summary>
internal static class Reading
{
    private const int MaxId = 128;

    public static CallOrigin Origin(this ServerCallContext context)
    {
        var caller = context.GetCaller();
        return new CallOrigin(caller.Name, context.GetCorrelationId()) { Scope = OrganisationScope.Of(caller) };
    }

    /// <summary>The caller's own id for a request, bound to what was asked.</summary>
    public static RequestKey Key(ServerCallContext context, string requestId, IMessage request) =>
        new(context.GetCaller().Name, Required(requestId, "request_id"), SHA256.HashData(request.ToByteArray()));

    /// <summary>A name of one of our objects, or refused.</summary>
    public static T Id<T>(string value, string field)
        where T : struct, IIdentity<T> => T.Named(Required(value, field));

    public static string Required(string value, string field) =>
        value.Length is > 0 and <= MaxId ? value : throw ServiceException.Invalid(field, $"1 to {MaxId} characters are needed.");

    public static string Language(string value) =>
        value switch
        {
            "" or "ja" => "ja",
            "en" => "en",
            _ => throw ServiceException.Invalid("language", "\"ja\" or \"en\"."),
        };

    public static OtpMethod Method(Wire.OtpMethod value) =>
        value switch
        {
            Wire.OtpMethod.Unspecified or Wire.OtpMethod.Email => OtpMethod.Email,
            Wire.OtpMethod.Sms => OtpMethod.Sms,
            Wire.OtpMethod.Totp => OtpMethod.Totp,
            _ => throw ServiceException.Invalid("otp_method", "This method is not known."),
        };

    /// <summary>R11: the algorithms of the CRYPTREC list that subscribers' keys may have.</summary>
    public static KeyAlgorithm? Algorithm(string value) =>
        value switch
        {
            "" => null,
            "RSA_2048" => KeyAlgorithm.Rsa2048,
            "RSA_3072" => KeyAlgorithm.Rsa3072,
            "RSA_4096" => KeyAlgorithm.Rsa4096,
            "EC_P256" => KeyAlgorithm.EcdsaP256,
            "EC_P384" => KeyAlgorithm.EcdsaP384,
            _ => throw new ServiceException(
                Fault.AlgorithmNotAllowed,
                "Keys are RSA_2048, RSA_3072, RSA_4096, EC_P256 or EC_P384 (CRYPTREC list)."
            ),
        };

    public static HashAlgorithmName Hash(string value, string field) =>
        value.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant() switch
        {
            "SHA256" => HashAlgorithmName.SHA256,
            "SHA384" => HashAlgorithmName.SHA384,
            "SHA512" => HashAlgorithmName.SHA512,
            _ => throw new ServiceException(
                Fault.AlgorithmNotAllowed,
                $"{field}: digests are SHA-256, SHA-384 or SHA-512 (CRYPTREC list)."
            ),
        };

    public static ChallengePurpose Purpose(Wire.ChallengePurpose value) =>
        value switch
        {
            Wire.ChallengePurpose.ChangePin => ChallengePurpose.ChangePin,
            Wire.ChallengePurpose.Unlock => ChallengePurpose.Unlock,
            Wire.ChallengePurpose.EnrollTotp => ChallengePurpose.EnrollTotp,
            _ => throw ServiceException.Invalid("purpose", "A purpose is needed."),
        };
}
