using System.Collections.Frozen;
using EContract.Hosting.Callers;
using Xunit;

namespace EContract.Hosting.Tests.Callers;

public sealed class RpcPolicyTests
{
    [Fact]
    public void What_is_not_named_is_denied_to_everyone()
    {
        var policy = new RpcPolicy().Admit("/a.B/C", Role.Portal, Role.Admin);
        foreach (var role in Enum.GetValues<Role>())
        {
            Assert.Equal(role is Role.Portal or Role.Admin, policy.Admits(Caller(role), "/a.B/C"));
            Assert.False(policy.Admits(Caller(role), "/a.B/D"));
        }

        Assert.False(policy.Admits(Caller(), "/a.B/C"));
    }

    [Fact]
    public void A_method_has_one_rule_only()
    {
        var policy = new RpcPolicy().Admit("/a.B/C", Role.Portal);
        Assert.Throws<ArgumentException>(() => policy.Admit("/a.B/C", Role.Admin));
        Assert.Throws<ArgumentException>(() => policy.Include(new RpcPolicy().AdmitEveryCaller("/a.B/C")));
        Assert.Throws<ArgumentException>(() => policy.Admit("a.B/C", Role.Admin));
        Assert.Throws<ArgumentOutOfRangeException>(() => policy.Admit("/a.B/E"));
    }

    [Theory]
    [InlineData("CN=portal, O=EContract Demo", true)]
    [InlineData("O=EContract Demo, CN=portal", true)]
    [InlineData("CN=portal,O=EContract Demo", true)]
    [InlineData("CN=portal", false)]
    [InlineData("CN=Portal, O=EContract Demo", false)]
    [InlineData("CN=portal, O=EContract Demo, C=JP", false)]
    public void Names_compare_by_their_attributes(string configured, bool same)
    {
        var name = DistinguishedName.Of(
            new System.Security.Cryptography.X509Certificates.X500DistinguishedName("CN=portal, O=EContract Demo")
        );
        Assert.Equal(same, DistinguishedName.Parse(configured) == name);
    }

    [Fact]
    public void Roles_are_spelled_in_kebab_case() =>
        Assert.Equal(
            ["admin", "archive", "auditor", "load", "portal", "ra-approver", "ra-maker", "service"],
            RoleNames.All.Order(StringComparer.Ordinal)
        );

    private static CallerIdentity Caller(params Role[] roles) => new() { Name = "x", Roles = roles.ToFrozenSet() };
}
