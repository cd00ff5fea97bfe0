// For 'az deployment sub create' without azd. Small and open: for trying out.
using 'main.bicep'

param environmentName = 'dev'
param location = 'swedencentral'
param budgetAmount = 50
param budgetStart = readEnvironmentVariable('BUDGET_START')
