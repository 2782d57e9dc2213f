namespace EContract.Hosting.Errors;

/// <summary>What is wrong with one field of a request (<c>google.rpc.BadRequest.FieldViolation</c>).</summary>
/// <param name="Field">Path of the field as in the .proto, for example <c>subscriber.emails[0]</c>.</param>
/// <param name="Description">What is wrong and what would be right, without the value where it is personal.</param>
public sealed record FieldViolation(string Field, string Description);
