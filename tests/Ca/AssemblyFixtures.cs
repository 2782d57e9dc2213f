using EContract.Ca.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(CaFixture))]
