namespace EContract.Ca.Profiles;

/// <summary>The profiles can't be used; the message holds one error per line.</summary>
public sealed class ProfileException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
