namespace EContract.Signer.Identities;

/// <summary>A name that this service gave to one of its objects; compared by its text.</summary>
public interface IIdentity<TSelf>
    where TSelf : struct, IIdentity<TSelf>
{
    /// <summary>Tells the kind of object, for people who read logs: <c>act</c> in <c>act_…</c>.</summary>
    static abstract string Prefix { get; }

    string Value { get; }

    static abstract TSelf Named(string value);
}
