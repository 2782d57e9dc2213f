using System.Reflection;
using EContract.Hosting.Callers;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Xunit;

namespace EContract.Architecture.Tests;

/// <summary>All RPCs × roles: what is served is named by exactly one policy, and what a policy names exists.</summary>
public sealed class RpcPolicyTests
{
    private static readonly string[] Roles = ["Audit", "Ca", "Tsa", "Signer", "Validation"];

    [Fact]
    public void Every_method_that_a_role_serves_is_named_by_its_policy()
    {
        foreach (var role in Roles)
        {
            var assembly = Assembly.Load("EContract." + role);
            var served = assembly
                .GetTypes()
                .Where(type => !type.IsAbstract)
                .Select(ServiceOf)
                .OfType<ServiceDescriptor>()
                .SelectMany(MethodsOf)
                .ToHashSet();
            var named = PoliciesOf(assembly).SelectMany(policy => policy.Methods).ToHashSet();
            Assert.Equal(served.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Every_method_admits_exactly_the_callers_that_hold_one_of_its_roles()
    {
        var all = Roles
            .SelectMany(role => PoliciesOf(Assembly.Load("EContract." + role)))
            .Aggregate(RpcPolicy.Infrastructure(), (sum, policy) => sum.Include(policy));
        var pairs = 0;
        foreach (var method in all.Methods.Where(method => !method.StartsWith("/grpc.", StringComparison.Ordinal)))
        {
            Assert.NotEmpty(all.RolesOf(method));
            foreach (var role in Enum.GetValues<Role>())
            {
                var caller = new CallerIdentity
                {
                    Name = "x",
                    Roles = new HashSet<Role> { role },
                };
                Assert.Equal(all.RolesOf(method).Contains(role), all.Admits(caller, method));
                pairs++;
            }

            Assert.False(all.Admits(new CallerIdentity { Name = "x", Roles = new HashSet<Role>() }, method));
        }

        Assert.True(pairs > 0);
    }

    /// <summary>The generated service that a class implements, if it does.</summary>
    private static ServiceDescriptor? ServiceOf(Type type)
    {
        for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (ancestor.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } generated)
            {
                return (ServiceDescriptor)generated.BindType.GetProperty("Descriptor")!.GetValue(null)!;
            }
        }

        return null;
    }

    private static IEnumerable<string> MethodsOf(ServiceDescriptor service) =>
        service.Methods.Select(method => $"/{service.FullName}/{method.Name}");

    /// <summary>Where a policy is kept and where it is made give the same one twice.</summary>
    private static IEnumerable<RpcPolicy> PoliciesOf(Assembly assembly) =>
        FindPolicies(assembly).DistinctBy(policy => string.Join('|', policy.Methods.Order(StringComparer.Ordinal)));

    private static IEnumerable<RpcPolicy> FindPolicies(Assembly assembly)
    {
        const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var type in assembly.GetTypes().Where(type => !type.Name.StartsWith('<')))
        {
            foreach (var property in type.GetProperties(Static).Where(property => property.PropertyType == typeof(RpcPolicy)))
            {
                yield return (RpcPolicy)property.GetValue(null)!;
            }

            foreach (
                var method in type.GetMethods(Static)
                    .Where(method => method.ReturnType == typeof(RpcPolicy) && method.GetParameters().Length == 0 && !method.IsSpecialName)
            )
            {
                yield return (RpcPolicy)method.Invoke(null, null)!;
            }
        }
    }
}
