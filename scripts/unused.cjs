// Stands for packages that the build leaves out.
module.exports = {};
