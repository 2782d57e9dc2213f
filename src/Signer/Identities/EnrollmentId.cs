namespace EContract.Signer.Identities;

/// <summary>One enrolment: from an approved application to a certificate.</summary>
public readonly record struct EnrollmentId(string Value) : IIdentity<EnrollmentId>
{
    public static string Prefix => "enr";

    public static EnrollmentId Named(string value) => new(value);

    public override string ToString() => Value;
}
