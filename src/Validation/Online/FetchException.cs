namespace EContract.Validation.Online;

/// <summary>Why something was not fetched. The message is for people.</summary>
internal sealed class FetchException(string message, Exception? cause = null) : Exception(message, cause);
