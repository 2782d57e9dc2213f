using EContract.Pki.X509.Extensions;

namespace EContract.Validation.Paths;

/// <summary>A policy that holds at a depth of the path (RFC 9618 §5.1).</summary>
internal sealed class PolicyNode(string policy, PolicyInformation source, IEnumerable<string> expected)
{
    /// <summary>valid_policy.</summary>
    public string Policy { get; } = policy;

    /// <summary>Where its qualifiers come from.</summary>
    public PolicyInformation Source { get; } = source;

    /// <summary>expected_policy_set.</summary>
    public HashSet<string> Expected { get; set; } = [.. expected];

    public List<PolicyNode> Parents { get; } = [];

    public int Children { get; set; }
}
