using System.Reflection;
using EContract.Hosting.Callers;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Xunit;

namespace EContract.Architecture.Tests;

/// <summary>All RPCs × roles: what the contract names is served, what is served is named by exactly one policy, and what a policy names exists.</summary>
public sealed class RpcPolicyTests
{
    // Whatever is part of the server, so that a new role can't be forgotten here. Grpc serves health and reflection, whose policy is Hosting's.
    private static readonly Assembly[] Roles =
    [
        .. Directory
            .GetFiles(AppContext.BaseDirectory, "EContract.*.dll")
            .Select(Path.GetFileNameWithoutExtension)
            .Where(name =>
                name is not ("EContract.Hosting" or "EContract.Grpc" or "EContract.Proto")
                && !name!.EndsWith(".Tests", StringComparison.Ordinal)
            )
            .Select(name => Assembly.Load(name!)),
    ];

    [Fact]
    public void Every_method_that_a_role_serves_is_named_by_its_policy()
    {
        var all = new HashSet<string>();
        foreach (var role in Roles)
        {
            var served = Served(role).SelectMany(MethodsOf).ToHashSet();
            var named = PoliciesOf(role).SelectMany(policy => policy.Methods).ToHashSet();
            Assert.Equal(served.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
            all.UnionWith(served);
        }

        // The search finds what there is: one service that everybody knows stands for it.
        Assert.Contains("/econtract.tsa.v1.TimestampService/Timestamp", all);
    }

    [Fact]
    public void Every_method_that_the_contract_names_is_served_and_has_a_rule()
    {
        var named = Roles.SelectMany(PoliciesOf).SelectMany(policy => policy.Methods).ToHashSet();
        var contract = Assembly
            .Load("EContract.Proto")
            .GetTypes()
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Static | BindingFlags.Public))
            .Where(property => property?.PropertyType == typeof(FileDescriptor))
            .SelectMany(property => ((FileDescriptor)property!.GetValue(null)!).Services)
            .SelectMany(MethodsOf)
            .ToList();
        Assert.Contains("/econtract.audit.v1.AuditService/TailRecords", contract);
        Assert.Equal(contract.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_method_admits_exactly_the_callers_that_hold_one_of_its_roles()
    {
        var all = Roles.SelectMany(PoliciesOf).Aggregate(RpcPolicy.Infrastructure(), (sum, policy) => sum.Include(policy));
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

    private static IEnumerable<ServiceDescriptor> Served(Assembly role) =>
        role.GetTypes().Where(type => !type.IsAbstract).Select(ServiceOf).OfType<ServiceDescriptor>();

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
