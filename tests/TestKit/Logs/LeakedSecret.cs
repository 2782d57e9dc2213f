namespace EContract.TestKit.Logs;

/// <summary>A line of a log that holds a secret, which is masked here.</summary>
public sealed record LeakedSecret(string File, int Line, string Text);
