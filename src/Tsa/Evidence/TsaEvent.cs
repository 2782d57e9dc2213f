namespace EContract.Tsa.Evidence;

/// <summary>Something of the authority that must be shown later: it goes to the audit log.</summary>
/// <param name="Action"><c>noun.verb</c> in the past tense, such as <c>tsu_key.loaded</c>.</param>
/// <param name="ObjectType">Such as <c>tsu</c>.</param>
/// <param name="ObjectId">The unit's name, the epoch or the node.</param>
/// <param name="Succeeded">false: a fault or a refusal is recorded.</param>
/// <param name="Details">Names in snake_case.</param>
public sealed record TsaEvent(
    string Action,
    string ObjectType,
    string ObjectId,
    bool Succeeded,
    IReadOnlyDictionary<string, string> Details
);
