using System.Reflection;
using System.Text.Json.Serialization;

namespace EContract.Ca.Registration;

/// <summary>One of the operations that R2 puts under maker and approver. Stored as JSON; the type's name is the kind.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "operation")]
[JsonDerivedType(typeof(RegisterSubscriber), "register")]
[JsonDerivedType(typeof(UpdateSubscriber), "update")]
[JsonDerivedType(typeof(DeleteSubscriber), "delete")]
[JsonDerivedType(typeof(ApplyForCertificate), "apply")]
[JsonDerivedType(typeof(RevokeCertificate), "revoke")]
[JsonDerivedType(typeof(HoldCertificate), "hold")]
[JsonDerivedType(typeof(ReinstateCertificate), "reinstate")]
[JsonDerivedType(typeof(UnlockCredential), "unlock")]
public abstract record ChangeOperation
{
    /// <summary>Every <see cref="Kind"/> that there is.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [.. typeof(ChangeOperation).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(operation => (string)operation.TypeDiscriminator!)];

    /// <summary>What the approval policy names.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }
}
