using EContract.Pki;
using EContract.Pki.X509.Extensions;

namespace EContract.Validation.Paths;

/// <summary>
/// The valid policies of a path as a graph with one node per policy and depth: the tree of RFC 5280 §6.1.2 (a) can grow
/// exponentially with the path, the graph of RFC 9618 §5 can't.
/// </summary>
internal sealed class PolicyGraph
{
    // _depths[i]: the nodes of depth i by valid_policy.
    private readonly List<Dictionary<string, PolicyNode>> _depths;

    public PolicyGraph()
    {
        var any = new PolicyInformation(Oids.AnyPolicy);
        _depths = [new() { [Oids.AnyPolicy] = new PolicyNode(Oids.AnyPolicy, any, [Oids.AnyPolicy]) }];
    }

    /// <summary>The graph is NULL: no policy is valid any more.</summary>
    public bool IsNull { get; private set; }

    private Dictionary<string, PolicyNode> Last => _depths[^1];

    /// <summary>RFC 9618 §5.3 (d), (e): takes the next certificate's policies into the graph.</summary>
    /// <param name="policies">The certificatePolicies extension; null if absent.</param>
    /// <param name="anyPolicyCounts">Whether anyPolicy of this certificate is to be processed.</param>
    public void Descend(CertificatePolicies? policies, bool anyPolicyCounts)
    {
        if (IsNull)
        {
            return;
        }

        if (policies is null)
        {
            IsNull = true;
            return;
        }

        var above = Last;
        var below = new Dictionary<string, PolicyNode>();
        // (d) (1): the policies that are named.
        foreach (var policy in policies.Policies.Where(p => p.PolicyIdentifier != Oids.AnyPolicy))
        {
            var parents = above.Values.Where(node => node.Expected.Contains(policy.PolicyIdentifier)).ToList();
            if (parents.Count == 0 && above.TryGetValue(Oids.AnyPolicy, out var any))
            {
                parents.Add(any);
            }

            Add(below, policy.PolicyIdentifier, policy, parents);
        }

        // (d) (2): anyPolicy stands for every policy that is still expected.
        if (anyPolicyCounts && policies.Policies.FirstOrDefault(p => p.PolicyIdentifier == Oids.AnyPolicy) is { } anyPolicy)
        {
            foreach (var expected in above.Values.SelectMany(node => node.Expected).Distinct().ToList())
            {
                if (!below.ContainsKey(expected))
                {
                    Add(below, expected, anyPolicy, above.Values.Where(node => node.Expected.Contains(expected)).ToList());
                }
            }
        }

        _depths.Add(below);
        Prune();
    }

    /// <summary>RFC 9618 §5.4 (b): policy mapping after the certificate of the last depth.</summary>
    public void Map(PolicyMappings mappings, CertificatePolicies? policies, bool mappingAllowed)
    {
        if (IsNull)
        {
            return;
        }

        foreach (var group in mappings.Mappings.GroupBy(m => m.IssuerDomainPolicy, m => m.SubjectDomainPolicy))
        {
            if (!mappingAllowed)
            {
                Remove(Last, group.Key);
            }
            else if (Last.TryGetValue(group.Key, out var node))
            {
                node.Expected = [.. group];
            }
            else if (Last.ContainsKey(Oids.AnyPolicy) && _depths[^2].TryGetValue(Oids.AnyPolicy, out var above))
            {
                var source =
                    policies?.Policies.FirstOrDefault(p => p.PolicyIdentifier == Oids.AnyPolicy) ?? new PolicyInformation(Oids.AnyPolicy);
                var mapped = new PolicyNode(group.Key, source, group);
                mapped.Parents.Add(above);
                above.Children++;
                Last[group.Key] = mapped;
            }
        }

        Prune();
    }

    /// <summary>RFC 9618 §5.6 (g): the user-constrained policy set.</summary>
    /// <param name="acceptable">user-initial-policy-set; null: any.</param>
    public IReadOnlyCollection<PolicyInformation> Result(IReadOnlySet<string>? acceptable)
    {
        if (IsNull)
        {
            return [];
        }

        var authorities = new Dictionary<string, PolicyInformation>();
        Last.TryGetValue(Oids.AnyPolicy, out var any);
        if (any is not null)
        {
            authorities[Oids.AnyPolicy] = any.Source;
        }

        // A policy is the authority's own where it first follows from anyPolicy.
        foreach (
            var top in _depths
                .Skip(1)
                .SelectMany(depth => depth.Values)
                .Where(n => n.Policy != Oids.AnyPolicy && n.Parents.Exists(p => p.Policy == Oids.AnyPolicy))
        )
        {
            authorities[top.Policy] = WithQualifiersBelow(top);
        }

        if (acceptable is null || acceptable.Contains(Oids.AnyPolicy))
        {
            return authorities.Values;
        }

        var user = authorities.Values.Where(p => acceptable.Contains(p.PolicyIdentifier)).ToList();
        if (any is not null)
        {
            user.AddRange(acceptable.Where(p => !authorities.ContainsKey(p)).Select(p => any.Source with { PolicyIdentifier = p }));
        }

        return user;
    }

    /// <summary>The policy with the notices of every certificate of the path that speak of it, the last certificate's first.</summary>
    private PolicyInformation WithQualifiersBelow(PolicyNode top)
    {
        var leads = new Dictionary<PolicyNode, bool>();
        foreach (var bottom in Last.Values)
        {
            Leads(bottom);
        }

        var route = leads.Where(node => node.Value).Select(node => node.Key).ToList();
        for (var any = AnyAbove(top); any is not null; any = AnyAbove(any))
        {
            route.Add(any);
        }

        return top.Source with
        {
            PolicyIdentifier = top.Policy,
            UserNotices = [.. route.SelectMany(node => node.Source.UserNotices).Distinct()],
        };

        bool Leads(PolicyNode node)
        {
            if (!leads.TryGetValue(node, out var known))
            {
                known = leads[node] = node == top || node.Parents.Select(Leads).ToList().Contains(true);
            }

            return known;
        }
    }

    private static PolicyNode? AnyAbove(PolicyNode node) => node.Parents.Find(parent => parent.Policy == Oids.AnyPolicy);

    private static void Add(Dictionary<string, PolicyNode> depth, string policy, PolicyInformation source, List<PolicyNode> parents)
    {
        if (parents.Count == 0 || depth.ContainsKey(policy))
        {
            return;
        }

        var node = new PolicyNode(policy, source, [policy]);
        node.Parents.AddRange(parents);
        parents.ForEach(parent => parent.Children++);
        depth[policy] = node;
    }

    private static void Remove(Dictionary<string, PolicyNode> depth, string policy)
    {
        if (depth.Remove(policy, out var node))
        {
            node.Parents.ForEach(parent => parent.Children--);
        }
    }

    private void Prune()
    {
        for (var i = _depths.Count - 2; i >= 0; i--)
        {
            foreach (var childless in _depths[i].Values.Where(node => node.Children == 0).ToList())
            {
                Remove(_depths[i], childless.Policy);
            }
        }

        IsNull = Last.Count == 0;
    }
}
